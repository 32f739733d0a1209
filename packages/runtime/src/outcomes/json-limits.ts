import type { TimeLeft } from '@plugwire/wire';

/** Why JSON is not even parsed. `nodes`: it has too many objects, arrays and keys. */
export type JsonRefusal = 'deadline' | 'nodes' | 'too_deep';

/** What a reading of JSON may take. */
export interface JsonLimits {
  /** Objects, arrays and keys, all together. */
  readonly nodes: number;
  readonly timeLeft: TimeLeft;
}
