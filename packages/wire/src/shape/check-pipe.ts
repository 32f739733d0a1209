import type { z } from 'zod';

import { refuseSchema } from './refuse-schema.ts';
import { defOf, type SchemaDef } from './schema-def.ts';

/** Refuses a pipe through which zod would lose a key without a word. */
export const checkPipe = (def: SchemaDef, where: string): void => {
  if (def.in && def.out && mayPassKeys(def.in) && forgetsKeys(def.out)) {
    refuseSchema(
      where,
      'is a pipe into a union, through which zod lets unknown keys pass and drops them',
      'Use the second schema alone, or .refine() the first.',
    );
  }
};

/** Whether zod hands a value with unknown keys on to the second schema of a pipe. */
const mayPassKeys = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  if (def.type === 'object') return true;
  if (def.type === 'record') return def.keyType?._zod.values !== undefined;
  return partsInPlace(schema).some(mayPassKeys);
};

/** Whether a schema, second in a pipe, forgets what the first one found: a union of several options returns that of its option alone. */
const forgetsKeys = (schema: z.ZodType): boolean => {
  const { type, options = [], discriminator, inclusive, unionFallback } = defOf(schema);
  if (type === 'intersection') return false;
  if (type === 'union' && options.length > 1) {
    if (discriminator === undefined ? inclusive !== false : unionFallback === true) return true;
  }
  return partsInPlace(schema).some(forgetsKeys);
};

/** The schemas that read the same value as the schema itself. */
const partsInPlace = (schema: z.ZodType): readonly z.ZodType[] => {
  const { type, innerType, options = [], left, right, in: first, out } = defOf(schema);
  const inner = type === 'lazy' ? undefined : innerType;
  return [inner, ...options, left, right, first, out].filter((part) => part !== undefined);
};
