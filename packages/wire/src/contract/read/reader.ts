import type { z } from 'zod';

import type { Walk } from './walk.ts';

/**
 * Reads one value: returns it as the schema's output has it, or `MISFIT`. `level` says how deep it is nested; a message's root is
 * at 1. It throws what a codec or a check of the schema throws.
 */
export type Read = (value: unknown, level: number, walk: Walk) => unknown;

/** What a key of an object was refused for, where an intersection may still accept it: the other side may know the key. */
export type KeyIssue =
  | { readonly kind: 'unknown'; readonly keys: readonly string[] }
  | { readonly kind: 'invalid'; readonly key: string };

/** The same as {@link Read}, for a side of an intersection: what is wrong with keys of the value itself goes to `issues`. */
export type ReadSide = (value: unknown, level: number, walk: Walk, issues: KeyIssue[]) => unknown;

/** How values of one schema are read. */
export interface Reader {
  readonly read: Read;
  /** An expression over a variable, true only for values that fit and stay as they are. Code that is made for an object holds it. */
  readonly fits?: (variable: string) => string;
}

/**
 * Whose values are read. `ours`: what `JSON.parse` made, which needs no copy. `caller`: anything, read once and copied. `copied`: a copy
 * of a caller's, which may still hold objects of classes. `codec`: what a codec made, or gets on its host side: not JSON.
 */
export type Origin = 'ours' | 'caller' | 'copied' | 'codec';

/** How the readers of a schema are made, and those that are made already. */
export interface ReaderContext {
  /** From the wire's form to the host's, or back. */
  readonly direction: 'decode' | 'encode';
  readonly origin: Origin;
  /** A `__proto__` key is refused by its name, and not as any unknown key. */
  readonly namesProto: boolean;
  /** Keys of callers' objects that tell a union's options apart, and so are read before the object is. */
  readonly toldKeys: Set<string>;
  readerOf(schema: z.ZodType): Reader;
  sideOf(schema: z.ZodType): ReadSide;
  /** Whether its values have to be made anew: they are not ours, or the schema changes something in them. */
  builds(schema: z.ZodType): boolean;
  /** The same schema's readers for values of another origin. */
  from(origin: Origin): ReaderContext;
}
