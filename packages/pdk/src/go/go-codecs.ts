import type { IntegerPlan, NumberPlan, TypePlan } from '../plan/kit-plan.ts';
import type { GoNames } from './go-names.ts';
import { goBlock, goString } from './go-text.ts';
import { goType, integerType, nullableInner, plainType } from './go-types.ts';

/** A location: the expression of its value, and the expression of a pointer to it. */
export interface Target {
  readonly value: string;
  readonly pointer: string;
}

/** Returns the target for a variable or a field. */
export const variable = (name: string): Target => ({ value: name, pointer: `&${name}` });

/** Returns the target for the value behind a pointer. */
export const behind = (pointer: string): Target => ({ value: `*${pointer}`, pointer });

/** Returns a statement that reads a value into a target, with the reader `r`. */
export const readStatement = (type: TypePlan, to: Target, names: GoNames): string => {
  const inner = nullableInner(type);
  if (inner !== undefined) return `readNullable(r, ${to.pointer}, ${readFunction(inner, names)})`;
  const plain = plainType(type);
  if (plain.kind === 'named') return `decode${names.typeName(plain.type)}(r, ${to.pointer})`;
  if (plain.kind === 'list') return `readList(r, ${to.pointer}, ${readFunction(plain.element, names)})`;
  if (plain.kind === 'map') {
    const read = readFunction(plain.value, names);
    return plain.keys === undefined
      ? `readMap(r, ${to.pointer}, ${read})`
      : `readMapOf(r, ${to.pointer}, ${goStrings(plain.keys)}, ${plain.isComplete}, ${read})`;
  }
  if (plain.kind === 'constant') return `r.readConstant(${goString(JSON.stringify(plain.value))})`;
  if (plain.kind === 'null') return 'r.readNull()';
  return `${to.value} = ${readExpression(plain)}`;
};

const readExpression = (type: TypePlan): string => {
  if (type.kind === 'integer') {
    const name = isSigned(type) ? 'readSigned' : 'readUnsigned';
    const read = `r.${name}(${type.minimum}, ${type.maximum})`;
    return isWide(type) ? read : `${integerType(type)}(${read})`;
  }
  if (type.kind === 'number')
    return hasBounds(type) ? `r.readNumberWithin(${boundsOf(type)})` : 'r.readNumber()';
  if (type.kind === 'boolean') return 'r.readBool()';
  if (type.kind === 'json') return 'r.readJSON()';
  return type.kind === 'json_object' ? 'r.readJSONObject()' : 'r.readText()';
};

/** Functions of the kit for values without bounds. */
const READERS: Readonly<Record<string, string>> = {
  string: 'readTextTo',
  boolean: 'readBoolTo',
  number: 'readNumberTo',
  json: 'readJSONTo',
  json_object: 'readJSONObjectTo',
};
const WRITERS: Readonly<Record<string, string>> = {
  string: 'writeTextFrom',
  boolean: 'writeBoolFrom',
  number: 'writeNumberFrom',
  json: 'writeJSONFrom',
  json_object: 'writeJSONObjectFrom',
};

/** Returns a function that reads a value into a pointer. */
export const readFunction = (type: TypePlan, names: GoNames): string => {
  const plain = plainType(type);
  if (plain.kind === 'named') return `decode${names.typeName(plain.type)}`;
  const known = nullableInner(type) !== undefined ? undefined : READERS[plain.kind];
  if (known !== undefined && !(plain.kind === 'number' && hasBounds(plain))) return known;
  return goBlock(`func(r *reader, v *${goType(type, names)})`, [
    readStatement(type, behind('v'), names),
  ]).join('\n');
};

/** Returns a statement that writes a value, with the writer `w`. */
export const writeStatement = (type: TypePlan, from: Target, names: GoNames): string => {
  const inner = nullableInner(type);
  if (inner !== undefined) return `writeNullable(w, ${from.value}, ${writeFunction(inner, names)})`;
  const plain = plainType(type);
  if (plain.kind === 'named') return `encode${names.typeName(plain.type)}(w, ${from.pointer})`;
  if (plain.kind === 'list') return `writeList(w, ${from.value}, ${writeFunction(plain.element, names)})`;
  if (plain.kind === 'map') {
    const write = writeFunction(plain.value, names);
    return plain.keys === undefined
      ? `writeMap(w, ${from.value}, ${write})`
      : `writeMapOf(w, ${from.value}, ${goStrings(plain.keys)}, ${plain.isComplete}, ${write})`;
  }
  if (plain.kind === 'constant') return `w.raw(${goString(JSON.stringify(plain.value))})`;
  if (plain.kind === 'null') return 'w.raw("null")';
  if (plain.kind === 'integer') {
    const name = isSigned(plain) ? 'writeSigned' : 'writeUnsigned';
    const wide = isSigned(plain) ? 'int64' : 'uint64';
    const value = isWide(plain) ? from.value : `${wide}(${from.value})`;
    return `w.${name}(${value}, ${plain.minimum}, ${plain.maximum})`;
  }
  if (plain.kind === 'number')
    return hasBounds(plain)
      ? `w.writeNumberWithin(${from.value}, ${boundsOf(plain)})`
      : `w.writeNumber(${from.value})`;
  if (plain.kind === 'boolean') return `w.writeBool(${from.value})`;
  if (plain.kind === 'json') return `w.writeJSON(${from.value})`;
  return plain.kind === 'json_object' ? `w.writeJSONObject(${from.value})` : `w.writeText(${from.value})`;
};

/** Returns a function that writes the value behind a pointer. */
export const writeFunction = (type: TypePlan, names: GoNames): string => {
  const plain = plainType(type);
  if (plain.kind === 'named') return `encode${names.typeName(plain.type)}`;
  const known = nullableInner(type) !== undefined ? undefined : WRITERS[plain.kind];
  if (known !== undefined && !(plain.kind === 'number' && hasBounds(plain))) return known;
  return goBlock(`func(w *writer, v *${goType(type, names)})`, [
    writeStatement(type, behind('v'), names),
  ]).join('\n');
};

/** Returns a slice of strings. */
export const goStrings = (texts: readonly string[]): string => `[]string{${texts.map(goString).join(', ')}}`;

const isSigned = ({ width }: IntegerPlan): boolean => width === 'i32' || width === 'i64';
const isWide = ({ width }: IntegerPlan): boolean => width === 'i64' || width === 'u64';

const hasBounds = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberPlan): boolean =>
  [minimum, maximum, exclusiveMinimum, exclusiveMaximum].some((bound) => bound !== undefined);

/** Of an inclusive and an exclusive bound, the tighter one counts. */
const boundsOf = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberPlan): string => {
  const isMinimumOpen = exclusiveMinimum !== undefined && exclusiveMinimum >= (minimum ?? -Infinity);
  const isMaximumOpen = exclusiveMaximum !== undefined && exclusiveMaximum <= (maximum ?? Infinity);
  const lowest = isMinimumOpen ? exclusiveMinimum : minimum;
  const highest = isMaximumOpen ? exclusiveMaximum : maximum;
  return `bounds{${lowest ?? 'noMinimum'}, ${highest ?? 'noMaximum'}, ${isMinimumOpen}, ${isMaximumOpen}}`;
};
