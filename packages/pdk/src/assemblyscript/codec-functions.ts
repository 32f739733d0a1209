import type { NamedType, TypePlan } from '../plan/kit-plan.ts';
import { createNames } from '../plan/words.ts';
import { pascalCase } from './names.ts';

/** Functions of the kit that have such names. */
const TAKEN = ['Entries', 'List', 'Nullable', 'NullableSome'];

/** Functions for the types that have no name, such as the elements of a list: each is written once. */
export interface CodecFunctions {
  /** The name of the function that reads or writes a type. */
  nameOf(type: TypePlan): string;
  /** The functions that were asked for. */
  emit(): string;
}

/** `verb` is what names begin with, `emit` writes a function of a name. */
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

/** Named types are known by their names: they may hold themselves. */
const identityOf = (type: TypePlan): string =>
  JSON.stringify(type, (key, value: unknown) => {
    if (typeof value === 'bigint') return `${value}n`;
    return key === 'type' ? pascalCase((value as { words: readonly string[] }).words) : value;
  });
