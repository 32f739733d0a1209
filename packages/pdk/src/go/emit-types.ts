import type { EnumType, KitPlan, NamedType, ObjectType, TupleType, UnionType } from '../plan/kit-plan.ts';
import { camel, type GoNames } from './go-names.ts';
import { goComment, goFile, goString } from './go-text.ts';
import { fieldType, goType, isTextEnum } from './go-types.ts';

/** Emits the declarations of all types, with the descriptions of the contract. */
export const emitTypes = (plan: KitPlan, names: GoNames): string =>
  goFile(
    'The types of the contract. Keys that may be missing or null are pointers.',
    plan.types.map((type) => declare(type, names)),
  );

const declare = (type: NamedType, names: GoNames): readonly string[] => {
  if (type.kind === 'object') return declareObject(type, names);
  if (type.kind === 'tuple') return declareTuple(type, names);
  return type.kind === 'union' ? declareUnion(type, names) : declareEnum(type, names);
};

/** The comment above a declaration. It begins with the name, as is usual in Go. */
const head = (type: NamedType, names: GoNames, what: string): readonly string[] =>
  goComment(
    [
      `${names.typeName(type)} is ${what}.`,
      type.description ?? '',
      type.isRefined ? 'The host checks more than the type says.' : '',
    ].join(' '),
  );

const declareObject = (type: ObjectType, names: GoNames): readonly string[] => {
  const fields = type.fields.filter((field) => field.type.kind !== 'constant');
  const about = head(type, names, type.fields.length === 0 ? 'an object without keys' : 'an object');
  if (fields.length === 0) return [...about, `type ${names.typeName(type)} struct{}`];
  return [
    ...about,
    `type ${names.typeName(type)} struct {`,
    ...fields.flatMap((field) =>
      goComment(fieldComment(field), '\t').concat(`\t${camel(field.words)} ${fieldType(field, names)}`),
    ),
    '}',
  ];
};

const fieldComment = ({
  key,
  words,
  description,
  isOptional,
  defaultJson,
}: ObjectType['fields'][number]): string =>
  [
    `${camel(words)} is the key ${JSON.stringify(key)}.`,
    isOptional ? 'It may be missing.' : '',
    defaultJson === undefined ? '' : `If it is missing, it is ${defaultJson}.`,
    description ?? '',
  ].join(' ');

const declareTuple = (type: TupleType, names: GoNames): readonly string[] => {
  const items = type.items.flatMap((item, at) =>
    item.kind === 'constant'
      ? []
      : [`\t// Item${at} is the element at index ${at}.`, `\tItem${at} ${goType(item, names)}`],
  );
  const rest =
    type.rest === undefined
      ? []
      : ['\t// Rest has the elements after those.', `\tRest []${goType(type.rest, names)}`];
  const about = head(type, names, 'a list with a type for each element');
  if (items.length + rest.length === 0) return [...about, `type ${names.typeName(type)} struct{}`];
  return [...about, `type ${names.typeName(type)} struct {`, ...items, ...rest, '}'];
};

const declareUnion = (type: UnionType, names: GoNames): readonly string[] => [
  ...head(type, names, 'one of several types: set exactly one field'),
  `type ${names.typeName(type)} struct {`,
  ...type.options.flatMap((option) => [
    `\t// ${camel(option.words)} is ${option.tags.length === 0 ? 'an option' : goTags(type.discriminator, option.tags)}.`,
    `\t${camel(option.words)} *${goType(option.type, names)}`,
  ]),
  '}',
];

const goTags = (discriminator: string | undefined, tags: readonly unknown[]): string =>
  `the option whose ${JSON.stringify(discriminator)} is ${tags.map((tag) => JSON.stringify(tag)).join(' or ')}`;

const declareEnum = (type: EnumType, names: GoNames): readonly string[] => {
  const name = names.typeName(type);
  const about = head(type, names, 'one of several values');
  const valueLines = (spell: (at: number) => string): readonly string[] =>
    type.values.flatMap((value, at) => [
      `\t// ${names.valueName(value)} is ${JSON.stringify(value.value)}.`,
      `\t${names.valueName(value)}${spell(at)}`,
    ]);
  const values = isTextEnum(type)
    ? valueLines((at) => ` ${name} = ${goString(String(type.values[at]?.value))}`)
    : valueLines((at) => (at === 0 ? ` ${name} = iota + 1` : ''));
  return [
    ...about,
    `type ${name} ${isTextEnum(type) ? 'string' : 'uint16'}`,
    '',
    `// The values of ${name}.`,
    'const (',
    ...values,
    ')',
  ];
};
