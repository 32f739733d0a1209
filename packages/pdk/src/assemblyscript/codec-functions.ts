import type { NamedType, TypePlan } from '../plan/kit-plan.ts';
import { createNames } from '../plan/words.ts';
import { pascalCase } from './names.ts';

/** Suffixes of functions that the kit itself has. */
const TAKEN = ['Entries', 'List', 'Nullable', 'NullableSome'];

/** Functions that read or write types without a name, such as lists. Each function is emitted once. */
export interface CodecFunctions {
  /** Returns the name of the function that reads or writes a type. */
  nameOf(type: TypePlan): string;
  /** Returns the source of the functions whose names were requested. */
  emit(): string;
}

/** Names begin with `verb`. `emit` returns the source of the function with that name. */
export const createCodecFunctions = (
  verb: 'read' | 'write',
  types: readonly NamedType[],
  emit: (name: string, type: TypePlan) => string,
): CodecFunctions => {
  const take = createNames();
  for (const name of [...types.map(({ words }) => pascalCase(words)), ...TAKEN]) take([name]);
  const known = new Map<string, string>();
  const texts: string[] = [];
  return {
    nameOf: (type) => {
      if (type.kind === 'named') return `${verb}${pascalCase(type.type.words)}`;
      const key = identityOf(type);
      const found = known.get(key);
      if (found !== undefined) return found;
      const name = `${verb}${take([wordOf(type)]).join('')}`;
      known.set(key, name);
      texts.push(emit(name, type));
      return name;
    },
    emit: () => texts.join('\n'),
  };
};

const wordOf = (type: TypePlan): string => {
  if (type.kind === 'list') return `${wordOf(type.element)}List`;
  if (type.kind === 'map') return `${wordOf(type.value)}Entries`;
  if (type.kind === 'nullable') return `Nullable${wordOf(type.inner)}`;
  if (type.kind === 'named') return pascalCase(type.type.words);
  if (type.kind === 'integer') return type.width.toUpperCase();
  return {
    string: 'Text',
    boolean: 'Bool',
    null: 'Null',
    constant: 'Null',
    json: 'Json',
    json_object: 'JsonObject',
    number: 'F64',
  }[type.kind];
};

/** A key for each type. Named types are identified by their names, because they may contain themselves. */
const identityOf = (type: TypePlan): string =>
  JSON.stringify(type, (key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return key === 'type' ? pascalCase((value as { words: readonly string[] }).words) : value;
  });
