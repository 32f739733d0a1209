import { type DescribedJson, stringifyExactJson } from '@plugwire/wire';

import type { NamedType, OptionPlan, TypePlan, UnionType } from '../plan/kit-plan.ts';
import { looksLike } from '../plan/sample-text.ts';
import { integerLiteral } from './emit-scalars.ts';
import { optionName, tupleFields } from './emit-types.ts';
import { camelCase, pascalCase } from './names.ts';
import { heldFields, isConstant, isNullable, needsSome, typeName } from './type-names.ts';

type Fields = Readonly<Record<string, DescribedJson>>;

/** Returns a value as a literal of AssemblyScript, as an author would write it. */
export const sampleLiteral = (value: DescribedJson, type: TypePlan, indent = '  '): string => {
  if (type.kind === 'string') return `text(${stringLiteral(value as string)})`;
  if (type.kind === 'json' || type.kind === 'json_object')
    return `Json.parse(text(${stringLiteral(stringifyExactJson(value))}))`;
  if (type.kind === 'null' || type.kind === 'constant') return '0';
  if (type.kind === 'named') return namedLiteral(value, type.type, indent);
  if (type.kind === 'list')
    return `[${(value as readonly DescribedJson[]).map((each) => sampleLiteral(each, type.element, indent)).join(', ')}]`;
  if (type.kind === 'map') {
    const entries = Object.entries(value as Fields);
    const keys = entries.map(([key]) => `text(${stringLiteral(key)})`);
    const values = entries.map(([, each]) => sampleLiteral(each, type.value, indent));
    return `Entries.of<${typeName(type.value)}>([${keys.join(', ')}], [${values.join(', ')}])`;
  }
  if (type.kind !== 'nullable') return scalarLiteral(value, type);
  if (isNullable(type.inner)) return sampleLiteral(value, type.inner, indent);
  return value === null ? 'null' : someLiteral(value, type.inner, indent);
};

/** A number or a boolean. The smallest i64 and the largest u64 are named constants. */
const scalarLiteral = (value: DescribedJson, type: TypePlan): string =>
  type.kind === 'integer' ? integerLiteral(BigInt(value as number)) : stringifyExactJson(value);

const someLiteral = (value: DescribedJson, type: TypePlan, indent: string): string => {
  const literal = sampleLiteral(value, type, indent);
  return needsSome(type) ? `some<${typeName(type)}>(${literal})` : literal;
};

const namedLiteral = (value: DescribedJson, type: NamedType, indent: string): string => {
  const inner = `${indent}  `;
  if (type.kind === 'enum') {
    const found = type.values.find((each) => each.value === value);
    return `${pascalCase(type.words)}.${camelCase(found?.words ?? [])}`;
  }
  if (type.kind === 'union') {
    const option = optionOf(value, type);
    return option === undefined
      ? 'null'
      : `${pascalCase(type.words)}.${optionName(option)}(${sampleLiteral(value, option.type, indent)})`;
  }
  const lines =
    type.kind === 'object'
      ? heldFields(type.fields).flatMap((field) => {
          const part = (value as Fields)[field.key];
          if (part === undefined) return [];
          const literal = field.isOptional
            ? someLiteral(part, field.type, inner)
            : sampleLiteral(part, field.type, inner);
          return [`${camelCase(field.words)}: ${literal},`];
        })
      : tupleLines(value as readonly DescribedJson[], type, inner);
  if (lines.length === 0) return `new ${pascalCase(type.words)}()`;
  return `{\n${lines.map((line) => `${inner}${line}\n`).join('')}${indent}}`;
};

const tupleLines = (
  value: readonly DescribedJson[],
  type: NamedType & { readonly kind: 'tuple' },
  indent: string,
): readonly string[] => {
  const items = tupleFields(type).flatMap(({ name, type: item }, at) =>
    isConstant(item) ? [] : [`${name}: ${sampleLiteral(value[at] ?? null, item, indent)},`],
  );
  const { rest } = type;
  if (rest === undefined) return items;
  return [
    ...items,
    `rest: ${sampleLiteral(value.slice(type.items.length), { kind: 'list', element: rest }, indent)},`,
  ];
};

const optionOf = (value: DescribedJson, { discriminator, options }: UnionType): OptionPlan | undefined =>
  discriminator === undefined
    ? options.find((option) => looksLike(value, option.type))
    : options.find((option) => option.tags.includes((value as Fields)[discriminator] as never));

/** A string literal of AssemblyScript. */
const stringLiteral = (text: string): string =>
  `'${JSON.stringify(text)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`;
