import type { Ladder, PluginIdentity, WireFunction } from '@plugwire/wire';

import type { CallLimits, ResolvedLimits } from '../base/limits.ts';
import type { GuestWords } from '../observe/guest-log.ts';
import type { HostLogger } from '../observe/logger.ts';
import type { DispatchError } from '../outcomes/dispatch-outcome.ts';
import type { PingResult } from '../plugin/serving-plugin.ts';

/** One message for a plugin that is not called in this thread. */
export interface CarrierCall {
  readonly contract: WireFunction;
  /** One of the versions that the carrier said it serves. */
  readonly version: number;
  /** The request in the form of the wire at that version: plain data that the contract has checked, without `_v`. */
  readonly message: object;
  readonly limits: CallLimits;
  /** How much time is left, in milliseconds. */
  readonly timeLeftMs: number;
  /** Aborts when nobody waits for the answer any more: at the deadline, and when the plugin is closed. */
  readonly signal: AbortSignal;
}

/** What came back: the body of a response at the version of the call, without `_v`, or why there is none. */
export type CarrierAnswer =
  | { readonly ok: true; readonly body: object }
  /** The body as JSON, where that is what came. */
  | { readonly ok: true; readonly json: string }
  | {
      readonly ok: false;
      readonly error: DispatchError;
      /** The plugin's own words: payload. */
      readonly guestText?: string | undefined;
      /** The plugin was not asked, so its breaker does not count the call. */
      readonly isUntouched?: true;
    };

/** Carries messages to one plugin and answers back. */
export interface Carrier {
  /** Never rejects. */
  call(call: CarrierCall): Promise<CarrierAnswer>;
}

/** What a host gives to what is loaded by a carrier. */
export interface CarrierContext {
  /** The operator's name for the plugin. */
  readonly name: string;
  /** The contracts of the host. */
  readonly functions: readonly { readonly contract: WireFunction; readonly ladder: Ladder }[];
  readonly limits: ResolvedLimits;
  /** The SHA-256 that the operator expects of the executable, in hex. */
  readonly sha256: string | undefined;
  readonly logger: HostLogger | undefined;
  /** Whether messages may hold the plugin's own words. */
  readonly revealGuestErrors: boolean;
  /** Where the plugin's own lines go. */
  readonly words: GuestWords;
}

/** A plugin that has been started. What it says of itself may change when it is started again: it is read at each use. */
export interface OpenCarrier extends Carrier {
  readonly identity: Pick<PluginIdentity, 'plugin_name' | 'plugin_version'>;
  /** Of its executable, in hex. */
  readonly sha256: string;
  /** The version of each contract that it serves. */
  readonly versions: ReadonlyMap<WireFunction, number>;
  /** Whether it runs now; always, if it is left out. */
  isUp?(): boolean;
  /** Memory of its process in bytes, where that is known. Read at scrapes. */
  memoryBytes?(): number;
  /** Never rejects. */
  ping(): Promise<PingResult>;
  /** Never rejects. */
  close(): Promise<void>;
}

/**
 * A plugin that runs elsewhere, as `host.load` and a slot take it in the place of a module. `@plugwire/process` has sources for processes.
 */
export interface CarrierSource {
  /** How it calls itself where the operator gives no name: a plugin's name. */
  readonly name: string;
  /** Starts it. Rejects with `PluginLoadError`. */
  open(context: CarrierContext): Promise<OpenCarrier>;
  /** The SHA-256 of what `open` would start now, in hex: a configuration that is read again compares it. Rejects if it cannot be read. */
  hash?(): Promise<string>;
}

/**
 * Makes a source of what a configuration file says about it. Relative paths are relative to the folder of the file.
 *
 * Throws `PlugwireUsageError` `bad_option` for settings that it does not know.
 */
export type CarrierFactory = (settings: Readonly<Record<string, unknown>>, folder: string) => CarrierSource;

/** Whether a source is started, and not instantiated. */
export const isCarrierSource = (source: unknown): source is CarrierSource =>
  typeof source === 'object' && source !== null && typeof (source as CarrierSource).open === 'function';
