import { z } from 'zod';

/** What a contract's author wrote about a schema: `.describe(…)`, `.meta({ id, description })`. */
export interface SchemaNotes {
  readonly name?: string;
  readonly description?: string;
}

/** The notes of this very schema, not of what it wraps; `undefined` without any. */
export const notesOf = (schema: z.ZodType): SchemaNotes | undefined => {
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  if (id === undefined && description === undefined) return undefined;
  return { ...(id === undefined ? {} : { name: id }), ...(description === undefined ? {} : { description }) };
};

/** The name of the definition of a schema that holds itself: its own, or `recursive`, with a number where that is taken. */
export const nameDefinition = (names: Map<z.ZodType, string>, schema: z.ZodType): string => {
  const known = names.get(schema);
  if (known !== undefined) return known;
  const wanted = notesOf(schema)?.name ?? 'recursive';
  const taken = new Set(names.values());
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted}${number}`;
  names.set(schema, name);
  return name;
};
