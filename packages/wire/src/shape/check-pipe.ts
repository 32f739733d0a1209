import type { z } from 'zod';

import { refuseSchema } from './refuse-schema.ts';
import { defOf, type SchemaDef } from './schema-def.ts';

/** Refuses a pipe through which zod would silently drop a key. */
export const checkPipe = (def: SchemaDef, where: string): void => {
  if (def.in && def.out && mayPassKeys(def.in) && forgetsKeys(def.out)) {
    refuseSchema(
      where,
      'is a pipe into a union, in which zod silently drops unknown keys',
      'Use only the second schema, or .refine() the first.',
    );
  }
};

/** Whether zod passes a value with unknown keys to the second schema of a pipe. */
const mayPassKeys = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  if (def.type === 'object') return true;
  if (def.type === 'record') return def.keyType?._zod.values !== undefined;
  return partsInPlace(schema).some(mayPassKeys);
};

/** Whether a schema, as the second in a pipe, drops the faults that the first one found. A union of several options does. */
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
