import type { DispatchStage } from '@plugwire/wire';

/** The version of the form of recordings. A reader refuses any other. */
export const RECORDING_VERSION = 1;

/** Whose calls a recording holds. */
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
  /** Whether the redactor changed the arguments, so that a replay cannot tell calls apart by them. */
  readonly areArgumentsRedacted?: true;
  /** Left out for a function that gives nothing, or failed. */
  readonly result?: unknown;
  /** How it failed: the code of the call that it ended, and the text that the guest was told, if there was one. */
  readonly error?: { readonly code: string; readonly guestMessage?: string };
}

/** How a recorded call ended. The response is as it is on the wire, at the version of the header. */
export type RecordedOutcome =
  | { readonly kind: 'ok'; readonly response: object }
  | { readonly kind: 'fallback'; readonly stage: DispatchStage; readonly code: string };

/** One call. Integers beyond 2^53 − 1 are BigInts. */
export interface RecordedCall {
  /** In milliseconds since 1970. */
  readonly atUnixMs: number;
  /** As it is on the wire, at the version of the header. */
  readonly request: object;
  readonly outcome: RecordedOutcome;
  readonly hostCalls: readonly RecordedHostCall[];
}

/** Why calls are not in a recording. */
export interface SkippedCalls {
  /** The redactor threw, or returned what does not fit the contract. */
  readonly unredacted: number;
  /** The plugin called a host function, and the redactor has no `hostCall`. */
  readonly withHostCalls: number;
  /** The call alone is larger than the recording may be. */
  readonly tooLarge: number;
}

/** The calls of one function of one plugin, oldest first. */
export interface Recording {
  readonly header: RecordingHeader;
  readonly calls: readonly RecordedCall[];
  readonly skipped: SkippedCalls;
}
