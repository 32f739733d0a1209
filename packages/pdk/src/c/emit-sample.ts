import { type DescribedJson, stringifyExactJson } from '@plugwire/wire';

import type { NamedType, TypePlan } from '../plan/kit-plan.ts';
import { looksLike } from '../plan/sample-text.ts';
import { type Constants, cType, isBoxed, membersOf, nameOf } from './c-types.ts';
import { double, integer } from './emit-tables.ts';
import { cString, memberName, typeName } from './spelling.ts';

type Fields = Readonly<Record<string, DescribedJson>>;

/** Returns statements that fill `response` with a sample, one for each key of an object. */
export const sampleStatements = (
  value: DescribedJson,
  type: NamedType,
  constants: Constants,
): readonly string[] => {
  const whole = sampleExpression(value, { kind: 'named', type }, constants);
  if (type.kind !== 'object') return [`  *response = ${whole};`];
  const write: Write = (part, of) =>
    isBoxed(of)
      ? kept(sampleExpression(part, of, constants), cType(of))
      : sampleExpression(part, of, constants);
  return membersOf(type.fields)
    .flatMap((member) => memberExpressions(member, value as Fields, write))
    .map((member) => `  response->${member.slice(1)};`);
};

/** A value of a sample as an expression that a handler can assign. */
const sampleExpression = (value: DescribedJson, type: TypePlan, constants: Constants): string => {
  const write = (part: DescribedJson, of: TypePlan): string => sampleExpression(part, of, constants);
  const writePlace = (part: DescribedJson, of: TypePlan): string =>
    isBoxed(of) ? kept(write(part, of), cType(of)) : write(part, of);
  if (type.kind === 'string') return textExpression(value as string);
  if (type.kind === 'boolean') return value === true ? 'true' : 'false';
  if (type.kind === 'integer') return integer(BigInt(value as number));
  if (type.kind === 'number') return double(Number(value));
  if (type.kind === 'json' || type.kind === 'json_object')
    return `PW_JSON(${cString(stringifyExactJson(value))})`;
  if (type.kind === 'nullable')
    return value === null ? 'NULL' : kept(write(value, type.inner), cType(type.inner));
  if (type.kind === 'list') {
    const elements = (value as readonly DescribedJson[]).map((part) => write(part, type.element));
    return listOf(nameOf(type), elements, cType(type.element));
  }
  if (type.kind === 'map') {
    const entries = Object.entries(value as Fields).map(
      ([key, part]) => `{${textExpression(key)}, ${write(part, type.value)}}`,
    );
    return listOf(nameOf(type), entries, `${nameOf(type.value)}_entry`);
  }
  return type.kind === 'named' ? namedExpression(value, type.type, constants, writePlace) : '0';
};

type Write = (value: DescribedJson, type: TypePlan) => string;

const namedExpression = (
  value: DescribedJson,
  type: NamedType,
  constants: Constants,
  write: Write,
): string => {
  const own = typeName(type.words);
  if (type.kind === 'enum') {
    const at = type.values.findIndex((each) => each.value === value);
    return constants(type)[at] ?? '0';
  }
  if (type.kind === 'object') {
    const members = membersOf(type.fields).flatMap((member) =>
      memberExpressions(member, value as Fields, write),
    );
    return `(${own}){${members.length === 0 ? '0' : members.join(', ')}}`;
  }
  if (type.kind === 'tuple') {
    const parts = value as readonly DescribedJson[];
    const items = type.items.flatMap((item, at) =>
      item.kind === 'constant' ? [] : [`.item${at + 1} = ${write(parts[at] as DescribedJson, item)}`],
    );
    const rest =
      type.rest === undefined
        ? []
        : [`.rest = ${write(parts.slice(type.items.length), { kind: 'list', element: type.rest })}`];
    return `(${own}){${[...items, ...rest].join(', ') || '0'}}`;
  }
  const { discriminator } = type;
  const at = type.options.findIndex((option) =>
    discriminator === undefined
      ? looksLike(value, option.type)
      : option.tags.includes((value as Fields)[discriminator] as never),
  );
  const option = type.options[at];
  if (option === undefined) return `(${own}){0}`;
  return `(${own}){.option = ${constants(type)[at]}, .as.${memberName(option.words)} = ${write(value, option.type)}}`;
};

const memberExpressions = (
  { field, name, flag }: ReturnType<typeof membersOf>[number],
  value: Fields,
  write: Write,
): readonly string[] => {
  const part = value[field.key];
  if (part === undefined) return [];
  if (!field.isOptional) return [`.${name} = ${write(part, field.type)}`];
  if (flag !== undefined) return [`.${flag} = true`, `.${name} = ${write(part, field.type)}`];
  // `write` returns a pointer for a recursive type.
  const pointed = isBoxed(field.type)
    ? write(part, field.type)
    : kept(write(part, field.type), cType(field.type));
  return [`.${name} = ${pointed}`];
};

const textExpression = (text: string): string => `PW_TEXT(${cString(text)})`;

/** Copies a value to memory that is valid until the end of the call. */
const kept = (value: string, type: string): string => `PW_NEW(${type}, ${value})`;

const listOf = (list: string, values: readonly string[], type: string): string =>
  values.length === 0 ? `(${list}){0}` : `(${list})PW_LIST(${type}, ${values.join(', ')})`;
