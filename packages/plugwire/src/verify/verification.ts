import type { LoadStage } from '@plugwire/runtime';

/** The report of one stage of a load. Stages after a failed stage are `not_reached`. */
export interface PhaseReport {
  readonly stage: LoadStage;
  readonly status: 'ok' | 'failed' | 'not_reached';
  /** What the stage found, as text for people. */
  readonly detail?: string | undefined;
}

/** Which check reported a finding: the load, valid requests, requests that violate the contract, or many calls. */
type Check = 'load' | 'valid_requests' | 'hostile_requests' | 'memory';

/** A problem, or a remark for the author. */
export interface Finding {
  /** An `error` fails the verification. A `warning` does not. */
  readonly level: 'error' | 'warning';
  readonly check: Check;
  /** The function that was called; `undefined` for the load. */
  readonly function?: string;
  readonly stage: string;
  readonly code: string;
  readonly message: string;
  readonly advice: string;
  /** How often it was found. */
  readonly times: number;
  /** The first request that showed it: JSON text, or a label if it is long or not valid text. */
  readonly request?: string;
}

/** The results of the requests to one function. */
export interface FunctionReport {
  readonly name: string;
  readonly version: number;
  readonly valid: {
    readonly sent: number;
    readonly answered: number;
    /** Requests for which the plugin returned an error. */
    readonly refused: number;
    readonly failed: number;
  };
  readonly hostile: {
    readonly sent: number;
    readonly refused: number;
    /** Requests that violate the contract and got a response. */
    readonly accepted: number;
    readonly failed: number;
  };
  /** The memory by the number of calls. Empty if each call runs in a fresh instance. */
  readonly memory: readonly MemoryPoint[];
}

/** The plugin’s memory after a number of calls, in bytes. */
export interface MemoryPoint {
  readonly calls: number;
  readonly bytes: number;
}

/** The result of a verification. */
export interface Verification {
  readonly file: string;
  /** The seed. `--seed` with this value repeats the run. */
  readonly seed: number;
  readonly phases: readonly PhaseReport[];
  readonly functions: readonly FunctionReport[];
  readonly findings: readonly Finding[];
}
