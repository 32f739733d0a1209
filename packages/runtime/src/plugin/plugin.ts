import type { PluginIdentity, PluginMetadata, RequestOf, WireFunction } from '@plugwire/wire';

import type { Breaker, BreakerState } from '../sandbox/breaker/breaker.ts';
import { callFailure } from '../sandbox/call-result.ts';
import type { CallRecorder } from '../recording/call-recorder.ts';
import type { Recording } from '../recording/recording.ts';
import type { ReplayOptions, ReplayReport } from '../recording/replay-calls.ts';
import type { GuestService, GuestUsage } from '../sandbox/guest-service.ts';
import { type DispatchOptions, type DispatchTarget, dispatchTo } from './dispatch.ts';
import type { DispatchOutcome } from './dispatch-outcome.ts';
import { readRecent, type RecentDispatches, type SlotRecords } from './slot-records.ts';

/** How a plugin is. */
export interface PluginHealth {
  readonly status: 'ready' | 'closed';
  /** `open` while the plugin is left alone because it failed too often or for too long. */
  readonly breaker: BreakerState;
  readonly usage: GuestUsage;
  /** What the last minute's dispatches ended as. Requests that the contract refuses are not counted. */
  readonly recent: RecentDispatches;
}

/** How a plugin answered a ping. `stage` and `code` are those of a load that fails in the same way. */
export type PingResult =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly stage: 'instantiate' | 'self_check';
      readonly code: string;
      readonly message: string;
    };

/** A loaded plugin. */
export interface Plugin {
  /** The operator's name for it: the key of its metrics and logs. */
  readonly name: string;
  /** Who it says it is, under the wire's keys. */
  readonly identity: PluginIdentity;
  /** What was negotiated, under the wire's keys. */
  readonly metadata: PluginMetadata;
  /** The SHA-256 of its file, in hex; of its main module if it has several. */
  readonly sha256: string;
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
  /** Repeats the self-check, in a new instance beside the one that serves. Never rejects: a closed plugin answers `closed`. */
  ping(): Promise<PingResult>;
  /** What has been recorded of its calls, by function: nothing unless the host or its load has `recordings`. Deleted by `close`. */
  recordings(): readonly Recording[];
  /**
   * Replays recorded calls, most often another plugin's, in a new instance beside the one that serves. Host functions answer from the
   * recording, and none runs: nothing is written, counted or logged.
   *
   * Rejects with `PlugwireUsageError` `bad_recording` if the host does not have the function, and with `PluginLoadError` `instantiate`.
   *
   * @example
   * const [recording] = serving.recordings();
   * const { calls, differences } = await next.replay(recording);
   */
  replay(recording: Recording, options?: ReplayOptions): Promise<ReplayReport>;
  /** Lets the gauges of the plugin's name show this plugin. It matters where several serve under one name: see `PluginSlot`. */
  promote(): void;
  /** How it is now, with what it has used: fuel in units, memory in bytes. Never throws, also after `close`. */
  health(): PluginHealth;
  /**
   * Ends it: its metrics go, its memory is released, its store is closed once the running call has ended. A later dispatch is
   * `plugin_call`/`closed`. Never rejects.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const CLOSED: PingResult = {
  ok: false,
  stage: 'instantiate',
  code: 'closed',
  message: callFailure('closed').message,
};

/** What a plugin says of itself. */
export type PluginDetails = Pick<Plugin, 'name' | 'identity' | 'metadata' | 'sha256'>;

/** What a plugin is made of. */
export interface PluginParts {
  readonly entries: DispatchTarget['entries'];
  readonly revealGuestErrors: boolean;
  readonly service: GuestService;
  readonly breaker: Breaker;
  /** Runs the self-check in a new instance. Never rejects. */
  ping(): Promise<PingResult>;
  /** Records calls, if they are recorded. */
  readonly recorder?: CallRecorder | undefined;
  replay: Plugin['replay'];
  /** Is called once, when no dispatch can begin any more. */
  onClose(): Promise<void>;
}

/** Puts the face of a plugin before its parts, and lets it serve under the name of a slot. */
export const createPlugin = (details: PluginDetails, records: SlotRecords, parts: PluginParts): Plugin => {
  const { entries, revealGuestErrors, service, breaker, ping, recorder, replay, onClose } = parts;
  let isClosed = false;
  const { counts, log, recent } = records;
  const target: DispatchTarget = {
    name: records.name,
    entries,
    service,
    counts,
    log,
    recent,
    revealGuestErrors,
    isClosed: () => isClosed,
  };
  const own = counts.addPlugin({
    version: details.identity.plugin_version,
    sha256: details.sha256,
    usage: () => ({ ...service.usage(), breaker: breaker.state() }),
  });

  let closing: Promise<void> | undefined;

  const end = async (): Promise<void> => {
    isClosed = true;
    service.close();
    own.close();
    recorder?.close();
    await onClose();
  };
  const close = async (): Promise<void> => await (closing ??= end());

  const dispatchSync: Plugin['dispatchSync'] =
    recorder === undefined
      ? (contract, request, options) => dispatchTo(target, contract, request, options)
      : (contract, request, options) =>
          recorder.record(contract, request, () => dispatchTo(target, contract, request, options));

  return {
    ...details,
    dispatchSync,
    dispatch: async (contract, request, options) => dispatchSync(contract, request, options),
    ping: async () => (isClosed ? CLOSED : await ping()),
    recordings: () => recorder?.recordings() ?? [],
    replay,
    promote: own.promote,
    health: () => ({
      status: isClosed ? 'closed' : 'ready',
      breaker: breaker.state(),
      usage: service.usage(),
      recent: readRecent(records),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
};
