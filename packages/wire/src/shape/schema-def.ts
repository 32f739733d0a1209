import type { z } from 'zod';

/** zod's definition of a check. Only the members that are used here. */
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

/** A check, with its definition and the function that zod runs. */
export interface Check {
  readonly _zod: { readonly def: CheckDef; readonly check: unknown };
}

/** zod's definition of a schema. Only the members that are used here. */
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
  /** Whether a record need not have all the keys that its key schema lists. */
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
  /** The discriminator of a union. */
  readonly discriminator?: string;
  /** Whether all options are tried if the discriminator selects none. */
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

/** Returns the definition of a schema, with one type for all kinds. zod has a separate type for each kind. */
export const defOf = (schema: z.ZodType): SchemaDef => schema._zod.def as SchemaDef;

/** Returns the schema inside a `z.lazy`. zod keeps the first one that the function returned. */
export const lazyOf = (schema: z.ZodType): z.ZodType | undefined =>
  (schema._zod as { readonly innerType?: z.ZodType }).innerType ?? defOf(schema).getter?.();

/** Returns the checks of a schema in the order in which zod runs them. A format such as `z.email()` is its own first check. */
export const checksOf = (schema: z.ZodType): readonly Check[] => {
  const own = schema._zod.traits.has('$ZodCheck') ? [schema as unknown as Check] : [];
  return [...own, ...(defOf(schema).checks ?? [])];
};
