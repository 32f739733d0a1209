import type { z } from 'zod';

import type { Walk } from './walk.ts';

/**
 * Reads one value. Returns the schema's output, or `MISFIT` if the value does not fit. `level` is the nesting depth; the root of a message
 * has level 1. Throws what a codec or a check of the schema throws.
 */
export type Read = (value: unknown, level: number, walk: Walk) => unknown;

/** Why one side of an intersection refused a key. The other side may still accept it. */
export type KeyIssue =
  | { readonly kind: 'unknown'; readonly keys: readonly string[] }
  | { readonly kind: 'invalid'; readonly key: string };

/** Like {@link Read}, for a side of an intersection. Faults of the value's own keys are added to `issues`. */
export type ReadSide = (value: unknown, level: number, walk: Walk, issues: KeyIssue[]) => unknown;

/** The reader of one schema. */
export interface Reader {
  readonly read: Read;
  /** Returns an expression over a variable that is true only for values that fit and stay unchanged. Generated code uses it. */
  readonly fits?: (variable: string) => string;
}

/**
 * Where values come from.
 *
 * - `ours`: from `JSON.parse`. They need no copy.
 * - `caller`: from the host's code. They can be anything, and are read once and copied.
 * - `copied`: a copy of a caller's value, which may still contain class instances.
 * - `codec`: from or for the host side of a codec. They need not be JSON.
 */
export type Origin = 'ours' | 'caller' | 'copied' | 'codec';

/** Creates the readers of schemas, and keeps those that it has created. */
export interface ReaderContext {
  /** `decode`: from the wire's form to the host's. `encode`: back. */
  readonly direction: 'decode' | 'encode';
  readonly origin: Origin;
  /** Whether a `__proto__` key is reported as such, and not as an unknown key. */
  readonly namesProto: boolean;
  /** Discriminators of unions in callers' objects. They are read before the rest of the object. */
  readonly toldKeys: Set<string>;
  readerOf(schema: z.ZodType): Reader;
  sideOf(schema: z.ZodType): ReadSide;
  /** Whether the reader must build a new value: the value is not `ours`, or the schema changes something in it. */
  builds(schema: z.ZodType): boolean;
  /** Returns the context for values of another origin. */
  from(origin: Origin): ReaderContext;
}
