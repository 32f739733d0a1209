import type { DispatchStage } from '@plugwire/wire';

/** The version of the format of recordings. Readers refuse any other version. */
export const RECORDING_VERSION = 1;

/** Describes the plugin and the function of a recording. */
export interface RecordingHeader {
  readonly recordingVersion: typeof RECORDING_VERSION;
  /** The operator's name for the plugin. */
  readonly plugin: string;
  /** The version in the plugin's identity. */
  readonly pluginVersion: string;
  /** The SHA-256 of the plugin's file, in hex. */
  readonly sha256: string;
  readonly function: string;
  /** The newest version of the contract, at which requests and responses are written. */
  readonly version: number;
  /** The fingerprint of the contract. */
  readonly fingerprint: string;
}

/** One call of a host function, as JSON: see `createValueCodec`. */
export interface RecordedHostCall {
  readonly namespace: string;
  readonly name: string;
  readonly arguments: readonly unknown[];
  /** Set if the redactor changed the arguments. Then a replay matches calls by order and not by arguments. */
  readonly areArgumentsRedacted?: true;
  /** Missing if the function returns nothing or failed. */
  readonly result?: unknown;
  /** The failure: the code with which the call ended, and the message that the guest got, if there was one. */
  readonly error?: { readonly code: string; readonly guestMessage?: string };
}

/** The outcome of a recorded call. The response has its wire form at the version of the header. */
export type RecordedOutcome =
  | { readonly kind: 'ok'; readonly response: object }
  | { readonly kind: 'fallback'; readonly stage: DispatchStage; readonly code: string };

/** One call. Integers beyond 2^53 − 1 are BigInts. */
export interface RecordedCall {
  /** In milliseconds since 1970. */
  readonly atUnixMs: number;
  /** The wire form of the request, at the version of the header. */
  readonly request: object;
  readonly outcome: RecordedOutcome;
  readonly hostCalls: readonly RecordedHostCall[];
}

/** Numbers of calls that are not in a recording, by reason. */
export interface SkippedCalls {
  /** The redactor threw, or returned a value that does not fit the contract. */
  readonly unredacted: number;
  /** The plugin called a host function, and the redactor has no `hostCall`. */
  readonly withHostCalls: number;
  /** The call alone is larger than the limit of the recording. */
  readonly tooLarge: number;
}

/** The calls of one function of one plugin, oldest first. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly calls: readonly RecordedCall[];
  readonly skipped: SkippedCalls;
}
