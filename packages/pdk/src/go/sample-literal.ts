import type { FieldPlan, NamedType, TypePlan } from '../plan/kit-plan.ts';
import { camel, type GoNames } from './go-names.ts';
import { goString } from './go-text.ts';
import { goType, nullableInner, plainType } from './go-types.ts';

/**
 * Returns statements that return a message, given as JSON. If a literal would be wrong or hard to read, the statements parse the JSON at
 * run time.
 */
export const answerWith = (json: string, type: NamedType, names: GoNames): readonly string[] => {
  const name = names.typeName(type);
  if (hasWideInteger(json) || holdsOpenUnion(type, new Set()))
    return [`return ${names.parserName(type)}(${goString(json)})`];
  const value: unknown = JSON.parse(json);
  if (type.kind !== 'object') return [`return ${literal(value, { kind: 'named', type }, names)}, nil`];
  const fields = value as Readonly<Record<string, unknown>>;
  const assigned = type.fields.flatMap((field) => {
    const part = fields[field.key];
    if (part === undefined || field.type.kind === 'constant') return [];
    return [`response.${camel(field.words)} = ${fieldLiteral(part, field, names)}`];
  });
  return assigned.length === 0
    ? [`return ${name}{}, nil`]
    : [`var response ${name}`, ...assigned, 'return response, nil'];
};

/** Whether the JSON may contain an integer that `JSON.parse` would round. */
const hasWideInteger = (json: string): boolean => /\d{16,}/.test(json);

/** Whether a type contains a union without a discriminator. */
const holdsOpenUnion = (type: NamedType, seen: Set<NamedType>): boolean => {
  if (seen.has(type)) return false;
  seen.add(type);
  if (type.kind === 'union' && type.discriminator === undefined) return true;
  return partsOf(type).some((part) => {
    const inner = namedIn(part);
    return inner !== undefined && holdsOpenUnion(inner, seen);
  });
};

const partsOf = (type: NamedType): readonly TypePlan[] => {
  if (type.kind === 'object') return type.fields.map((field) => field.type);
  if (type.kind === 'tuple') return [...type.items, ...(type.rest === undefined ? [] : [type.rest])];
  return type.kind === 'union' ? type.options.map((option) => option.type) : [];
};

const namedIn = (type: TypePlan): NamedType | undefined => {
  if (type.kind === 'named') return type.type;
  if (type.kind === 'list') return namedIn(type.element);
  if (type.kind === 'map') return namedIn(type.value);
  return type.kind === 'nullable' ? namedIn(type.inner) : undefined;
};

const fieldLiteral = (value: unknown, field: FieldPlan, names: GoNames): string => {
  if (!field.isOptional) return literal(value, field.type, names);
  const inner = nullableInner(field.type);
  if (inner === undefined) return pointerTo(value, field.type, names);
  return value === null
    ? `kit.Present[${goType(field.type, names)}](nil)`
    : `kit.Present(${pointerTo(value, inner, names)})`;
};

const pointerTo = (value: unknown, type: TypePlan, names: GoNames): string => {
  const text = literal(value, type, names);
  const plain = plainType(type);
  return plain.kind === 'named' && plain.type.kind !== 'enum'
    ? `&${text}`
    : `kit.Pointer[${goType(type, names)}](${text})`;
};

/** A value with its type. Elements of lists and maps need no type: the outer literal states it. */
const literal = (value: unknown, type: TypePlan, names: GoNames, isElement = false): string => {
  const inner = nullableInner(type);
  if (inner !== undefined) return value === null ? 'nil' : pointerTo(value, inner, names);
  const plain = plainType(type);
  if (plain.kind === 'string') return goString(String(value));
  if (plain.kind === 'boolean' || plain.kind === 'integer' || plain.kind === 'number') return String(value);
  if (plain.kind === 'null' || plain.kind === 'constant') return 'kit.Null{}';
  const head = isElement ? '' : goType(plain, names);
  if (plain.kind === 'list') {
    const items = (value as readonly unknown[]).map((item) => literal(item, plain.element, names, true));
    return `${head}{${items.join(', ')}}`;
  }
  if (plain.kind === 'map') {
    const entries = Object.entries(value as object).map(
      ([key, part]) => `{Key: ${goString(key)}, Value: ${literal(part, plain.value, names)}}`,
    );
    return `${head}{${entries.join(', ')}}`;
  }
  if (plain.kind !== 'named') return `kit.MustParseJSON(${goString(JSON.stringify(value))})`;
  return namedLiteral(value, plain.type, head, names);
};

const namedLiteral = (value: unknown, type: NamedType, head: string, names: GoNames): string => {
  if (type.kind === 'enum') {
    const found = type.values.find((each) => each.value === value);
    return found === undefined ? '""' : names.valueName(found);
  }
  const parts = (pairs: readonly (readonly [string, string])[]): string =>
    `${head}{${pairs.map((pair) => pair.join(': ')).join(', ')}}`;
  if (type.kind === 'tuple') {
    const values = value as readonly unknown[];
    const items = type.items.flatMap((item, at) =>
      item.kind === 'constant' ? [] : [[`Item${at}`, literal(values[at], item, names)] as const],
    );
    if (type.rest === undefined) return parts(items);
    const rest = literal(values.slice(type.items.length), { kind: 'list', element: type.rest }, names);
    return parts([...items, ['Rest', rest]]);
  }
  const fields = value as Readonly<Record<string, unknown>>;
  if (type.kind === 'union') {
    const tag = fields[type.discriminator ?? ''];
    const option = type.options.find((each) => each.tags.includes(tag as never));
    return option === undefined
      ? `${head}{}`
      : parts([[camel(option.words), pointerTo(value, option.type, names)]]);
  }
  return parts(
    type.fields
      .filter((field) => fields[field.key] !== undefined && field.type.kind !== 'constant')
      .map((field) => [camel(field.words), fieldLiteral(fields[field.key], field, names)] as const),
  );
};
