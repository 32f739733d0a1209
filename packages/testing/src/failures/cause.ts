import type { Behaviour } from '@plugwire/pdk-fixtures';
import type { CallLimits, HostFunction, LoadOptions, Plugin } from '@plugwire/runtime';
import type { Ladder, WireFunction } from '@plugwire/wire';

/** The contract that must fail, and the version at which the plugin serves it. */
export interface FailureTarget {
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  readonly version: number;
}

/** What a plugin, its load and its host need to cause a failure. */
export interface CauseParts {
  /** What the function does. Without it, the plugin does not have the function. */
  readonly behaviour?: Behaviour;
  /** WAT that exports the function, instead of `behaviour`. */
  readonly wat?: string;
  /** Limits of the function, one of which the call exceeds. */
  readonly callLimits?: Partial<CallLimits>;
  readonly loadOptions?: LoadOptions;
  readonly hostFunctions?: readonly HostFunction[];
  /** The capabilities that the plugin requires and must be granted. */
  readonly capabilities?: readonly string[];
  /** Brings the loaded plugin to the state in which its next dispatch fails. */
  readonly prepare?: (plugin: Plugin, contract: WireFunction) => void;
}

/** How a plugin causes a failure of a call, for any contract. */
export interface CallCause {
  readonly by: 'call';
  parts(target: FailureTarget): CauseParts;
}

/** How an answer causes a failure. The candidates are tried on the contract until one causes exactly that failure. */
export interface AnswerCause {
  readonly by: 'answer';
  /** Whether a version below the newest is needed, because an adapter fails. */
  readonly climbs?: true;
  candidates(target: FailureTarget): Iterable<string | Uint8Array>;
  /** What a contract must have for this failure. Shown in the error if it does not have it. */
  readonly needs: string;
}

/** Why no plugin can cause a failure, and what does. Continues "no plugin can cause …: ". */
export type OutOfReach = string;
