import type { Ladder, PluginIdentity, WireFunction } from '@plugwire/wire';

import type { CallLimits, ResolvedLimits } from '../base/limits.ts';
import type { GuestWords } from '../observe/guest-log.ts';
import type { HostLogger } from '../observe/logger.ts';
import type { DispatchError } from '../outcomes/dispatch-outcome.ts';
import type { PingResult } from '../plugin/serving-plugin.ts';

/** One message for a plugin that does not run in this thread. */
export interface CarrierCall {
  readonly contract: WireFunction;
  /** One of the versions in `versions` of the carrier. */
  readonly version: number;
  /** The request in its wire form at that version: plain data that the contract has validated, without `_v`. */
  readonly message: object;
  readonly limits: CallLimits;
  /** The time that is left for the call, in milliseconds. */
  readonly timeLeftMs: number;
  /** Aborts when the answer is no longer needed: at the deadline, and when the plugin is closed. */
  readonly signal: AbortSignal;
}

/** The body of a response at the version of the call, without `_v`, or an error. */
export type CarrierAnswer =
  | { readonly ok: true; readonly body: object }
  /** The body as JSON, if the carrier received JSON. */
  | { readonly ok: true; readonly json: string }
  | {
      readonly ok: false;
      readonly error: DispatchError;
      /** Error text that the plugin wrote. It is payload. */
      readonly guestText?: string | undefined;
      /** Set if the request never reached the plugin. Then its breaker does not count the call. */
      readonly isUntouched?: true;
    };

/** Sends messages to one plugin and returns its answers. */
export interface Carrier {
  /** Sends one message and resolves with its answer or an error. Never rejects. */
  call(call: CarrierCall): Promise<CarrierAnswer>;
}

/** What a host passes to `CarrierSource.open`. */
export interface CarrierContext {
  /** The operator's name for the plugin. */
  readonly name: string;
  /** The contracts of the host. */
  readonly functions: readonly { readonly contract: WireFunction; readonly ladder: Ladder }[];
  readonly limits: ResolvedLimits;
  /** The SHA-256 that the executable must have, in hex. */
  readonly sha256: string | undefined;
  readonly logger: HostLogger | undefined;
  /** Whether error messages may contain text that the plugin wrote. */
  readonly revealGuestErrors: boolean;
  /** The log for lines that the plugin writes. */
  readonly words: GuestWords;
}

/** A plugin that has been started. Its properties may change when it restarts, so the host reads them at each use. */
export interface OpenCarrier extends Carrier {
  readonly identity: Pick<PluginIdentity, 'plugin_name' | 'plugin_version'>;
  /** The SHA-256 of its executable, in hex. */
  readonly sha256: string;
  /** The version of each contract that it serves. */
  readonly versions: ReadonlyMap<WireFunction, number>;
  /** Whether it runs now. By default it is assumed to run. */
  isUp?(): boolean;
  /** Memory of its process in bytes, if it is known. Read at each scrape of the metrics. */
  memoryBytes?(): number;
  /** Checks that the plugin still works. Never rejects. */
  ping(): Promise<PingResult>;
  /** Stops the plugin. Never rejects. */
  close(): Promise<void>;
}

/**
 * A plugin that does not run in this thread. Pass it to `host.load` or to `load` of a slot in place of a module. `@plugwire/process`
 * provides sources for processes.
 */
export interface CarrierSource {
  /** The plugin's name if the operator gives none. */
  readonly name: string;
  /** Starts it. Rejects with `PluginLoadError`. */
  open(context: CarrierContext): Promise<OpenCarrier>;
  /**
   * Returns the SHA-256 of what `open` would start now, in hex. A configuration that is read again compares it. Rejects if the executable
   * cannot be read.
   */
  hash?(): Promise<string>;
}

/**
 * Creates a source from its settings in a configuration file. `folder` is the folder of that file. Relative paths are relative to it.
 *
 * Throws `PlugwireUsageError` `bad_option` for unknown settings.
 */
export type CarrierFactory = (settings: Readonly<Record<string, unknown>>, folder: string) => CarrierSource;

/** Whether a source is a `CarrierSource` and not a module. */
export const isCarrierSource = (source: unknown): source is CarrierSource =>
  typeof source === 'object' && source !== null && typeof (source as CarrierSource).open === 'function';
