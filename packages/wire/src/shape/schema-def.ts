import type { z } from 'zod';

/** A check of a schema, as zod describes it; only what is read of it. */
export interface CheckDef {
  readonly check: string;
  readonly abort?: boolean;
  readonly when?: unknown;
  /** The test of `.refine()`. */
  readonly fn?: unknown;
  readonly value?: unknown;
  readonly inclusive?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
  readonly format?: string;
  readonly pattern?: RegExp;
  /** Of `z.property`. */
  readonly property?: string;
  readonly schema?: z.ZodType;
  /** Of `z.properties`. */
  readonly shape?: Readonly<Record<string, z.ZodType>>;
}

/** A check with what zod runs for it. */
export interface Check {
  readonly _zod: { readonly def: CheckDef; readonly check: unknown };
}

/** zod's own description of a schema; only the members that are read. */
export interface SchemaDef {
  readonly type: string;
  readonly coerce?: boolean;
  readonly checks?: readonly Check[];
  readonly format?: string;
  readonly pattern?: RegExp;
  /** The test of a `z.custom`. */
  readonly fn?: unknown;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly catchall?: z.ZodType;
  readonly mode?: string;
  /** A record that need not have all the keys that its key schema lists. */
  readonly partial?: boolean;
  readonly keyType?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly items?: readonly z.ZodType[];
  readonly rest?: z.ZodType | null;
  readonly options?: readonly z.ZodType[];
  /** False for unions of which exactly one option must fit. */
  readonly inclusive?: boolean;
  /** The key that tells a union's options apart. */
  readonly discriminator?: string;
  /** Whether all options are tried where that key names none. */
  readonly unionFallback?: boolean;
  readonly left?: z.ZodType;
  readonly right?: z.ZodType;
  readonly in?: z.ZodType;
  readonly out?: z.ZodType;
  readonly transform?: unknown;
  readonly reverseTransform?: unknown;
  readonly values?: readonly unknown[];
  readonly defaultValue?: unknown;
  readonly getter?: () => z.ZodType;
}

/** The definition inside a schema. zod gives each class a type of its own; a walk over all of them needs one. */
export const defOf = (schema: z.ZodType): SchemaDef => schema._zod.def as SchemaDef;

/** The schema inside a `z.lazy`, or a getter's. zod keeps the first one that it got. */
export const lazyOf = (schema: z.ZodType): z.ZodType | undefined =>
  (schema._zod as { readonly innerType?: z.ZodType }).innerType ?? defOf(schema).getter?.();

/** The checks of a schema in the order in which zod runs them: formats such as `z.email()` are their own first one. */
export const checksOf = (schema: z.ZodType): readonly Check[] => {
  const own = schema._zod.traits.has('$ZodCheck') ? [schema as unknown as Check] : [];
  return [...own, ...(defOf(schema).checks ?? [])];
};
