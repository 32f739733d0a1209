import type { LoadStage } from '@plugwire/runtime';

/** One stage of a load. Stages behind one that failed were not reached. */
export interface PhaseReport {
  readonly stage: LoadStage;
  readonly status: 'ok' | 'failed' | 'not_reached';
  /** What was found out at the stage, for people. */
  readonly detail?: string | undefined;
}

/** Which requests showed it: the load itself, requests that fit the contract, requests that do not, or many calls. */
type Check = 'load' | 'valid_requests' | 'hostile_requests' | 'memory';

/** Something that is wrong, or that an author should know. */
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
  /** How often it came. */
  readonly times: number;
  /** The first request that showed it: JSON text, or a label where the text is long or not text. */
  readonly request?: string;
}

/** How the requests of one function went. */
export interface FunctionReport {
  readonly name: string;
  readonly version: number;
  readonly valid: {
    readonly sent: number;
    readonly answered: number;
    /** The plugin reported an error of its own. */
    readonly refused: number;
    readonly failed: number;
  };
  readonly hostile: {
    readonly sent: number;
    readonly refused: number;
    /** The plugin answered although the request breaks the contract. */
    readonly accepted: number;
    readonly failed: number;
  };
  /** The memory after many calls, in bytes, by the number of calls. Empty where each call has a fresh instance. */
  readonly memory: readonly MemoryPoint[];
}

/** The plugin’s memory after a number of calls. */
export interface MemoryPoint {
  readonly calls: number;
  readonly bytes: number;
}

/** Everything that a verification found out. */
export interface Verification {
  readonly file: string;
  /** Repeats the run with `--seed`. */
  readonly seed: number;
  readonly phases: readonly PhaseReport[];
  readonly functions: readonly FunctionReport[];
  readonly findings: readonly Finding[];
}
