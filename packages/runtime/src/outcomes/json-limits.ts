import type { TimeLeft } from '@plugwire/wire';

/** Why a JSON text is not parsed. `deadline`: there is not enough time. `nodes`: too many objects, arrays and keys. `too_deep`: too many levels. */
export type JsonRefusal = 'deadline' | 'nodes' | 'too_deep';

/** Limits for parsing JSON. */
export interface JsonLimits {
  /** The most objects, arrays and keys together. */
  readonly nodes: number;
  readonly timeLeft: TimeLeft;
}
