import type { PluginIdentity, PluginMetadata, RequestOf, WireFunction } from '@plugwire/wire';

import { clock } from '../clock.ts';
import type { BreakerState } from '../sandbox/breaker/breaker.ts';
import { type CallWindow, createCallWindow } from '../sandbox/breaker/call-window.ts';
import type { GuestUsage } from '../sandbox/guest-service.ts';
import { type DispatchOptions, type DispatchTarget, dispatchTo } from './dispatch.ts';
import type { DispatchOutcome } from './dispatch-outcome.ts';

/** How a plugin is. */
export interface PluginHealth {
  readonly status: 'ready' | 'closed';
  /** `open` while the plugin is left alone because it failed too often or for too long. */
  readonly breaker: BreakerState;
  readonly usage: GuestUsage;
  /** What the last minute's dispatches ended as. Requests that the contract refuses are not counted. */
  readonly recent: RecentDispatches;
}

/** How many dispatches there were in the last minute, and how many of them fell back. */
export interface RecentDispatches {
  readonly dispatches: number;
  readonly fallbacks: number;
  /** `fallbacks` of `dispatches`, from 0 to 1; 0 if there were none. */
  readonly fallbackShare: number;
}

/** The time that `health().recent` covers. */
const RECENT_MS = 60_000;

/** A loaded plugin. */
export interface Plugin {
  /** The operator's name for it: the key of its metrics and logs. */
  readonly name: string;
  /** Who it says it is, under the wire's keys. */
  readonly identity: PluginIdentity;
  /** What was negotiated, under the wire's keys. */
  readonly metadata: PluginMetadata;
  /**
   * Calls the plugin in this thread and gives the outcome. Never throws.
   *
   * @example
   * const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
   * if (outcome.kind === 'ok') use(outcome.response);
   */
  dispatchSync<Contract extends WireFunction>(
    contract: Contract,
    request: RequestOf<Contract>,
    options?: DispatchOptions,
  ): DispatchOutcome<Contract>;
  /** The same as a promise, for callers that later move a plugin off their thread; runs at once. Never rejects. */
  dispatch<Contract extends WireFunction>(
    contract: Contract,
    request: RequestOf<Contract>,
    options?: DispatchOptions,
  ): Promise<DispatchOutcome<Contract>>;
  /** How it is now, with what it has used: fuel in units, memory in bytes. Never throws, also after `close`. */
  health(): PluginHealth;
  /**
   * Ends it: its metrics go, its memory is released, its store is closed once the running call has ended. A later dispatch is
   * `plugin_call`/`closed`. Never rejects.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Puts the face of a plugin before its parts. `onClose` is called once, when no dispatch can begin any more. */
export const createPlugin = (
  facts: Pick<Plugin, 'name' | 'identity' | 'metadata'>,
  target: Omit<DispatchTarget, 'isClosed' | 'recent'>,
  onClose: () => Promise<void>,
): Plugin => {
  let isClosed = false;
  const recent = createCallWindow(RECENT_MS);
  const live: DispatchTarget = { ...target, recent, isClosed: () => isClosed };

  let closing: Promise<void> | undefined;

  const end = async (): Promise<void> => {
    isClosed = true;
    target.service.close();
    target.log.close();
    target.counts.close();
    await onClose();
  };
  const close = async (): Promise<void> => await (closing ??= end());

  const dispatchSync: Plugin['dispatchSync'] = (contract, request, options) =>
    dispatchTo(live, contract, request, options);

  return {
    ...facts,
    dispatchSync,
    dispatch: async (contract, request, options) => dispatchSync(contract, request, options),
    health: () => ({
      status: isClosed ? 'closed' : 'ready',
      breaker: target.breaker.state(),
      usage: target.service.usage(),
      recent: readRecent(recent),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const readRecent = (window: CallWindow): RecentDispatches => {
  const { calls, failures } = window.totals(clock.nowMs());
  return { dispatches: calls, fallbacks: failures, fallbackShare: calls === 0 ? 0 : failures / calls };
};
