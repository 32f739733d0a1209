import type { NamedType, TypePlan } from '../plan/kit-plan.ts';
import { isBoxed, isKept } from './rust-type.ts';
import { rustString, snakeName, typeName, variantName } from './spelling.ts';

/** Returns an expression for a message, given as JSON. New handlers return it. It may contain `?`. */
export const sampleLiteral = (json: string, type: NamedType): string =>
  hasWideInteger(json) || holdsOpenUnion(type, new Set())
    ? `Json::parse(${rustString(json)})?.read()?`
    : namedLiteral(JSON.parse(json), type, '    ');

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

const literal = (value: unknown, type: TypePlan, holder: NamedType, indent: string): string => {
  if (type.kind === 'string') return `String::from(${rustString(String(value))})`;
  if (type.kind === 'null' || type.kind === 'constant') return '()';
  if (type.kind === 'boolean' || type.kind === 'integer') return String(value);
  if (type.kind === 'number') return `${String(value).replace('e+', 'e')}f64`;
  if (type.kind === 'nullable')
    return value === null ? 'None' : `Some(${literal(value, type.inner, holder, indent)})`;
  if (type.kind === 'list') {
    const items = (value as readonly unknown[]).map((item) => literal(item, type.element, holder, indent));
    return `Vec::from([${items.join(', ')}])`;
  }
  if (type.kind === 'map') {
    const entries = Object.entries(value as object).map(
      ([key, part]) => `(${rustString(key)}, ${literal(part, type.value, holder, indent)})`,
    );
    return entries.length === 0 ? 'Map::new()' : `Map::from_iter([${entries.join(', ')}])`;
  }
  if (type.kind !== 'named') return `Json::parse(${rustString(JSON.stringify(value))})?`;
  const text = namedLiteral(value, type.type, indent);
  return isBoxed(type.type, holder) ? `Box::new(${text})` : text;
};

const namedLiteral = (value: unknown, type: NamedType, indent: string): string => {
  const name = typeName(type.words);
  const fields = (type.kind === 'enum' ? {} : value) as Readonly<Record<string, unknown>>;
  if (type.kind === 'enum') {
    const found = type.values.find((each) => each.value === value);
    return `${name}::${variantName(found?.words ?? [])}`;
  }
  if (type.kind === 'tuple') {
    const values = Object.values(fields);
    const items = type.items.flatMap((item, at) =>
      item.kind === 'constant' ? [] : [literal(values[at], item, type, indent)],
    );
    const { rest } = type;
    if (rest !== undefined) {
      const more = values.slice(type.items.length).map((item) => literal(item, rest, type, indent));
      items.push(`Vec::from([${more.join(', ')}])`);
    }
    return `${name}(${items.join(', ')})`;
  }
  if (type.kind === 'union') {
    const tag = fields[type.discriminator ?? ''];
    const option = type.options.find((each) => each.tags.includes(tag as never));
    if (option === undefined) return 'unimplemented!()';
    return `${name}::${variantName(option.words)}(${literal(value, option.type, type, indent)})`;
  }
  const lines = type.fields.filter(isKept).map((field) => {
    const part = fields[field.key];
    const inner = (): string => literal(part, field.type, type, `${indent}    `);
    const text = field.isOptional ? (part === undefined ? 'None' : `Some(${inner()})`) : inner();
    return `${indent}    ${snakeName(field.words)}: ${text},\n`;
  });
  return lines.length === 0 ? `${name} {}` : `${name} {\n${lines.join('')}${indent}}`;
};
