import type { PluginIdentity, PluginMetadata, WireFunction } from '@plugwire/wire';

import type { CallRecorder } from '../recording/call-recorder.ts';
import type { Recording } from '../recording/recording.ts';
import type { ReplayOptions, ReplayReport } from '../recording/replay-calls.ts';
import type { Breaker } from '../breaker/breaker.ts';
import type { GuestService } from '../sandbox/guest-service.ts';
import { dispatchTo, type GuestTarget } from './dispatch.ts';
import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { Dispatch, DispatchSync } from './dispatch-function.ts';
import type { DispatchOptions } from './dispatch-target.ts';
import { CLOSED, type PingResult, type ServingPlugin } from './serving-plugin.ts';
import { readRecent, type SlotRecords } from './slot-records.ts';

/** A loaded WebAssembly plugin. */
export interface Plugin extends ServingPlugin {
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
  readonly dispatchSync: DispatchSync;
  /** The same as a promise, for callers that later move a plugin off their thread; runs at once. Never rejects. */
  readonly dispatch: Dispatch;
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
  /**
   * Ends it: its metrics go, its memory is released, its store is closed once the running call has ended. A later dispatch is
   * `plugin_call`/`closed`. Never rejects.
   */
  close(): Promise<void>;
}

/** What a plugin says of itself. */
export type PluginDetails = Pick<Plugin, 'name' | 'identity' | 'metadata' | 'sha256'>;

/** What a plugin is made of. */
export interface PluginParts {
  readonly entries: GuestTarget['entries'];
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

/** A dispatch without its types, which have done their work before. */
type PlainDispatch = (contract: WireFunction, request: unknown, options?: DispatchOptions) => DispatchOutcome;

/** Puts the face of a plugin before its parts, and lets it serve under the name of a slot. */
export const createPlugin = (details: PluginDetails, records: SlotRecords, parts: PluginParts): Plugin => {
  const { entries, revealGuestErrors, service, breaker, ping, recorder, replay, onClose } = parts;
  let isClosed = false;
  const { counts, log, recent } = records;
  const target: GuestTarget = {
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

  const dispatchSync: PlainDispatch =
    recorder === undefined
      ? (contract, request, options) => dispatchTo(target, contract, request, options)
      : (contract, request, options) =>
          recorder.record(contract, request, () => dispatchTo(target, contract, request, options));

  return {
    ...details,
    functions: details.metadata.negotiated_functions,
    dispatchSync,
    dispatch: async (contract: WireFunction, request: unknown, options?: DispatchOptions) =>
      dispatchSync(contract, request, options),
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
