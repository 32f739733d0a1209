import { z } from 'zod';

/** The name and description that a contract's author gave to a schema: `.describe(…)`, `.meta({ id, description })`. */
export interface SchemaNotes {
  readonly name?: string;
  readonly description?: string;
}

/** Returns the notes of the schema itself, not of a schema that it wraps, or `undefined` if it has none. */
export const notesOf = (schema: z.ZodType): SchemaNotes | undefined => {
  const { id, description } = z.globalRegistry.get(schema) ?? {};
  if (id === undefined && description === undefined) return undefined;
  return { ...(id === undefined ? {} : { name: id }), ...(description === undefined ? {} : { description }) };
};

/** Returns the name for the definition of a recursive schema: its own or `recursive`, with a number if that is taken. */
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
