import type { DescribedJson } from '@plugwire/wire';

import { compactJson } from './compact-json.ts';
import type { NamedType, TypePlan } from './kit-plan.ts';

/** Returns a sample as kits write it: keys in the order of the types, and default values filled in. */
export const sampleText = (value: DescribedJson, type: NamedType): string => writeNamed(value, type);

type Fields = Readonly<Record<string, DescribedJson>>;

const write = (value: DescribedJson, type: TypePlan): string => {
  if (type.kind === 'named') return writeNamed(value, type.type);
  if (type.kind === 'nullable') return value === null ? 'null' : write(value, type.inner);
  if (type.kind === 'list' && Array.isArray(value))
    return `[${value.map((element: DescribedJson) => write(element, type.element)).join(',')}]`;
  if (type.kind === 'map' && isFields(value))
    return `{${Object.entries(value)
      .map(([key, part]) => `${JSON.stringify(key)}:${write(part, type.value)}`)
      .join(',')}}`;
  return compactJson(value);
};

const writeNamed = (value: DescribedJson, type: NamedType): string => {
  if (type.kind === 'object' && isFields(value)) {
    const fields = type.fields.flatMap((field) => {
      const part = value[field.key];
      const text = part === undefined ? field.defaultJson : write(part, field.type);
      return text === undefined ? [] : [`${JSON.stringify(field.key)}:${text}`];
    });
    return `{${fields.join(',')}}`;
  }
  if (type.kind === 'tuple' && Array.isArray(value)) {
    const parts = value.map((part: DescribedJson, at) => {
      const item = type.items[at] ?? type.rest;
      return item === undefined ? compactJson(part) : write(part, item);
    });
    return `[${parts.join(',')}]`;
  }
  if (type.kind === 'union') {
    const { discriminator } = type;
    const option =
      discriminator === undefined
        ? type.options.find((each) => looksLike(value, each.type))
        : type.options.find((each) => isFields(value) && each.tags.includes(value[discriminator] as never));
    return option === undefined ? compactJson(value) : write(value, option.type);
  }
  return compactJson(value);
};

const isFields = (value: DescribedJson): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether a value fits a type, judged by its keys and kinds. */
export const looksLike = (value: DescribedJson, type: TypePlan): boolean => {
  if (type.kind === 'nullable') return value === null || looksLike(value, type.inner);
  if (type.kind === 'json') return true;
  if (type.kind === 'list')
    return Array.isArray(value) && value.every((part: DescribedJson) => looksLike(part, type.element));
  if (type.kind === 'map')
    return isFields(value) && Object.values(value).every((part) => looksLike(part, type.value));
  if (type.kind === 'json_object') return isFields(value);
  if (type.kind === 'constant') return value === type.value;
  if (type.kind === 'integer')
    return (
      (typeof value === 'bigint' || Number.isInteger(value)) &&
      BigInt(value as number) >= type.minimum &&
      BigInt(value as number) <= type.maximum
    );
  if (type.kind === 'number') return typeof value === 'number';
  if (type.kind !== 'named') return value === null ? type.kind === 'null' : typeof value === type.kind;
  const of = type.type;
  if (of.kind === 'enum') return of.values.some((each) => each.value === value);
  if (of.kind === 'union') return of.options.some((option) => looksLike(value, option.type));
  if (of.kind === 'tuple') {
    return (
      Array.isArray(value) &&
      (of.rest === undefined ? value.length === of.items.length : value.length >= of.items.length)
    );
  }
  return (
    isFields(value) &&
    Object.keys(value).every((key) => of.fields.some((field) => field.key === key)) &&
    of.fields.every(({ key, isOptional, defaultJson, type: part }) => {
      const found = value[key];
      return found === undefined ? isOptional || defaultJson !== undefined : looksLike(found, part);
    })
  );
};
