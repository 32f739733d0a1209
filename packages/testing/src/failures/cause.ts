import type { Behaviour } from '@plugwire/pdk-fixtures';
import type { CallLimits, HostFunction, LoadOptions, Plugin } from '@plugwire/runtime';
import type { Ladder, WireFunction } from '@plugwire/wire';

/** What is to fail: a contract, and the version at which the plugin serves it. */
export interface FailureTarget {
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  readonly version: number;
}

/** What a plugin must do, and what must be around it, to fail in one way. */
export interface CauseParts {
  /** What the function does; without it the plugin does not have the function. */
  readonly behaviour?: Behaviour;
  /** Exports the function in the plugin's own WAT instead. */
  readonly wat?: string;
  /** Limits of the function to run into. */
  readonly callLimits?: Partial<CallLimits>;
  readonly loadOptions?: LoadOptions;
  readonly hostFunctions?: readonly HostFunction[];
  /** What the plugin requires, and so must be granted. */
  readonly capabilities?: readonly string[];
  readonly prepare?: (plugin: Plugin, contract: WireFunction) => void;
}

/** How a plugin causes a failure at a call, whatever the contract. */
export interface CallCause {
  readonly by: 'call';
  parts(target: FailureTarget): CauseParts;
}

/** A failure that an answer causes: the candidates are tried on the contract until one gives exactly that failure. */
export interface AnswerCause {
  readonly by: 'answer';
  /** Whether a version below the newest is needed, since it is an adapter that fails. */
  readonly climbs?: true;
  candidates(target: FailureTarget): Iterable<string | Uint8Array>;
  /** What a contract must have for this to happen, for the error where it has not. */
  readonly needs: string;
}

/** Why no plugin can cause a failure, and who does. */
export type OutOfReach = string;
