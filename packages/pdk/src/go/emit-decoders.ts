import type {
  EnumType,
  FieldPlan,
  KitPlan,
  NamedType,
  ObjectType,
  TupleType,
  UnionType,
} from '../plan/kit-plan.ts';
import { goStrings, readFunction, readStatement, variable } from './go-codecs.ts';
import { camel, type GoNames } from './go-names.ts';
import { goBlock, goFile, goString, indented } from './go-text.ts';
import { isTextEnum, nullableInner } from './go-types.ts';

/** Emits a function for each type that reads it from JSON. */
export const emitDecoders = (plan: KitPlan, names: GoNames): string =>
  goFile(
    'The functions that read the types from JSON.',
    plan.types.map((type) => decoder(type, names)),
  );

const decoder = (type: NamedType, names: GoNames): readonly string[] => {
  const name = names.typeName(type);
  const [before, body] = bodyOf(type, names);
  return [...before, ...goBlock(`func decode${name}(r *reader, v *${name})`, body)];
};

type Parts = readonly [before: readonly string[], body: readonly string[]];

const bodyOf = (type: NamedType, names: GoNames): Parts => {
  if (type.kind === 'object') return objectBody(type, names);
  if (type.kind === 'tuple') return [[], tupleBody(type, names)];
  return type.kind === 'union' ? [[], unionBody(type, names)] : enumBody(type, names);
};

/** The bits of a word. Each bit records whether a key was seen. */
const GROUP = 64;

const objectBody = (type: ObjectType, names: GoNames): Parts => {
  const { fields } = type;
  if (fields.length === 0)
    return [
      [],
      ['if r.openObject() {', '\tif key, isKey := r.nextKey(); isKey {', '\t\tr.unknownKey(key)', '\t}', '}'],
    ];
  const isOneWord = fields.length <= GROUP;
  const keys = `keysOf${names.typeName(type)}`;
  const seen = (at: number): string => (isOneWord ? 'seen' : `seen[${Math.floor(at / GROUP)}]`);
  const cases = fields.flatMap((field, at) => [
    `case ${goString(field.key)}:`,
    `\t${seen(at)} = r.once(${seen(at)}, 1<<${at % GROUP})`,
    ...indented([readField(field, names)]),
  ]);
  const groups = Array.from({ length: Math.ceil(fields.length / GROUP) }, (_, at) => at);
  const checks = groups.flatMap((group) => {
    const required = fields
      .slice(group * GROUP, (group + 1) * GROUP)
      .reduce((bits, field, at) => (isRequired(field) ? bits | (1n << BigInt(at)) : bits), 0n);
    if (required === 0n) return [];
    const bits = `0x${required.toString(16)}`;
    const word = seen(group * GROUP);
    const part = isOneWord ? keys : `${keys}[${group * GROUP}:]`;
    return [`if ${word}&${bits} != ${bits} {`, `\tr.missingKey(${word}, ${bits}, ${part})`, '}'];
  });
  const body = [
    'if !r.openObject() {',
    '\treturn',
    '}',
    isOneWord ? 'seen := uint64(0)' : `seen := [${groups.length}]uint64{}`,
    'for {',
    '\tkey, isKey := r.nextKey()',
    '\tif !isKey {',
    '\t\tbreak',
    '\t}',
    '\tswitch key {',
    ...indented(cases),
    '\tdefault:',
    '\t\tr.unknownKey(key)',
    '\t}',
    '}',
    ...checks,
    ...fields.flatMap((field, at) => useDefault(field, `${seen(at)}&(1<<${at % GROUP})`, names)),
  ];
  const list =
    checks.length === 0
      ? []
      : [`var ${keys} = []string{`, ...fields.map(({ key }) => `\t${goString(key)},`), '}', ''];
  return [list, body];
};

const isRequired = (field: FieldPlan): boolean => !field.isOptional && field.defaultJson === undefined;

const readField = (field: FieldPlan, names: GoNames): string => {
  const to = variable(`v.${camel(field.words)}`);
  if (!field.isOptional) return readStatement(field.type, to, names);
  const inner = nullableInner(field.type);
  return inner === undefined
    ? `readPresent(r, ${to.pointer}, ${readFunction(field.type, names)})`
    : `readOptionalNullable(r, ${to.pointer}, ${readFunction(inner, names)})`;
};

const useDefault = (field: FieldPlan, seen: string, names: GoNames): readonly string[] => {
  const { defaultJson } = field;
  if (defaultJson === undefined || (defaultJson === 'null' && field.type.kind === 'nullable')) return [];
  return [
    `if ${seen} == 0 {`,
    `\tr := &reader{text: ${goString(defaultJson)}}`,
    ...indented([readField(field, names)]),
    '}',
  ];
};

const tupleBody = (type: TupleType, names: GoNames): readonly string[] => [
  'if !r.openList() {',
  '\treturn',
  '}',
  ...type.items.flatMap((item, at) => [
    `if r.needItem(${type.items.length}) {`,
    ...indented([readStatement(item, variable(`v.Item${at}`), names)]),
    '}',
  ]),
  type.rest === undefined
    ? `r.endItems(${type.items.length})`
    : `readItems(r, &v.Rest, ${readFunction(type.rest, names)})`,
];

const unionBody = (type: UnionType, names: GoNames): readonly string[] => {
  const { discriminator, options } = type;
  const read = (option: UnionType['options'][number]): string =>
    `readPresent(r, &v.${camel(option.words)}, ${readFunction(option.type, names)})`;
  if (discriminator !== undefined) {
    const tags = options.flatMap((option) => option.tags.map((tag) => JSON.stringify(tag)));
    return [
      `switch r.readTag(${goString(discriminator)}) {`,
      ...options.flatMap((option) => [
        `case ${option.tags.map((tag) => goString(JSON.stringify(tag))).join(', ')}:`,
        ...indented([read(option)]),
      ]),
      'default:',
      `\tr.unknownTag(${goString(discriminator)}, ${goString(choice(tags))})`,
      '}',
    ];
  }
  const [only] = options;
  if (only !== undefined && options.length === 1) return [read(only)];
  return [
    'before := r.mark()',
    ...options.flatMap((option) => [
      read(option),
      'if r.failure == "" {',
      '\treturn',
      '}',
      `v.${camel(option.words)} = nil`,
      'r.reset(before)',
    ]),
    `r.fail(${goString(`none of the options fits: ${choice(options.map((option) => option.words.join(' ')))}`)})`,
  ];
};

const enumBody = (type: EnumType, names: GoNames): Parts => {
  const name = names.typeName(type);
  const texts = type.values.map(({ value }) => JSON.stringify(value));
  if (isTextEnum(type))
    return [
      [
        `func (v ${name}) isKnown() bool {`,
        '\tswitch v {',
        `\tcase ${type.values.map((value) => names.valueName(value)).join(', ')}:`,
        '\t\treturn true',
        '\t}',
        '\treturn false',
        '}',
        '',
      ],
      [`*v = ${name}(r.readText())`, 'if !v.isKnown() {', `\tr.expected(${goString(choice(texts))})`, '}'],
    ];
  return [
    [`var textsOf${name} = ${goStrings(texts)}`, ''],
    [
      'found := r.readScalar()',
      `for at, text := range textsOf${name} {`,
      '\tif text == found {',
      `\t\t*v = ${name}(at + 1)`,
      '\t\treturn',
      '\t}',
      '}',
      `r.expected(${goString(choice(texts))})`,
    ],
  ];
};

const MOST_SHOWN = 12;

/** `a, b or c`. If there are many texts, only the first are listed. */
const choice = (texts: readonly string[]): string => {
  if (texts.length > MOST_SHOWN) return `${texts.slice(0, MOST_SHOWN).join(', ')} …`;
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
};
