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
  /** The identity that the plugin declares, with the keys of the wire. */
  readonly identity: PluginIdentity;
  /** The result of the handshake, with the keys of the wire. */
  readonly metadata: PluginMetadata;
  /**
   * Calls the plugin in this thread and returns the outcome. Never throws.
   *
   * @example
   * const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
   * if (outcome.kind === 'ok') use(outcome.response);
   */
  readonly dispatchSync: DispatchSync;
  /** Calls the plugin at once in this thread, and returns a promise. Use it if the plugin may later run in another process. Never rejects. */
  readonly dispatch: Dispatch;
  /** Repeats the self-check in a separate instance. Never rejects. For a closed plugin it resolves with the code `closed`. */
  ping(): Promise<PingResult>;
  /** Returns the recorded calls, by function. Empty unless the host or the load has `recordings`. `close` deletes them. */
  recordings(): readonly Recording[];
  /**
   * Replays recorded calls in a separate instance. They are usually the calls of another version of the plugin. Host functions do not run:
   * their results come from the recording. So nothing is written, counted or logged.
   *
   * Rejects with `PlugwireUsageError` `bad_recording` if the host does not have the function, and with `PluginLoadError` `instantiate`.
   *
   * @example
   * const [recording] = serving.recordings();
   * const { calls, differences } = await next.replay(recording);
   */
  replay(recording: Recording, options?: ReplayOptions): Promise<ReplayReport>;
  /**
   * Closes the plugin: removes its metrics, releases its memory, and closes its store when the running call has ended. Later dispatches fail
   * with `plugin_call`/`closed`. Never rejects.
   */
  close(): Promise<void>;
}

/** The descriptive properties of a plugin. */
export type PluginDetails = Pick<Plugin, 'name' | 'identity' | 'metadata' | 'sha256'>;

/** The parts of a plugin. */
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
  /** Called once, when no dispatch can begin any more. */
  onClose(): Promise<void>;
}

/** A dispatch without types. Callers were checked against the typed signature. */
type PlainDispatch = (contract: WireFunction, request: unknown, options?: DispatchOptions) => DispatchOutcome;

/** Creates the plugin object from its parts. It serves under the name of a slot. */
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
