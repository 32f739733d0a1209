import type { EnumType, KitPlan, NamedType, ObjectType, TupleType, UnionType } from '../plan/kit-plan.ts';
import { behind, variable, writeFunction, writeStatement } from './go-codecs.ts';
import { camel, type GoNames } from './go-names.ts';
import { goBlock, goFile, goString, indented } from './go-text.ts';
import { isTextEnum, nullableInner } from './go-types.ts';

/** Emits a function for each type that writes it as JSON. */
export const emitEncoders = (plan: KitPlan, names: GoNames): string =>
  goFile(
    'The functions that write the types as JSON.',
    plan.types.map((type) => {
      const name = names.typeName(type);
      return goBlock(`func encode${name}(w *writer, v *${name})`, bodyOf(type, names));
    }),
  );

const bodyOf = (type: NamedType, names: GoNames): readonly string[] => {
  if (type.kind === 'object') return objectBody(type, names);
  if (type.kind === 'tuple') return tupleBody(type, names);
  return type.kind === 'union' ? unionBody(type, names) : enumBody(type, names);
};

const objectBody = (type: ObjectType, names: GoNames): readonly string[] => {
  // After the first required key, every key has a comma in front.
  const firstCertain = type.fields.findIndex((field) => !field.isOptional);
  const lines = type.fields.flatMap((field, at): readonly string[] => {
    const key = `${JSON.stringify(field.key)}:`;
    const writeKey =
      firstCertain >= 0 && at > firstCertain ? `w.raw(${goString(`,${key}`)})` : `w.key(${goString(key)})`;
    const name = `v.${camel(field.words)}`;
    if (!field.isOptional) return [writeKey, writeStatement(field.type, variable(name), names)];
    const isThreefold = nullableInner(field.type) !== undefined;
    const value = isThreefold ? variable(`${name}.Value`) : behind(name);
    return [
      `if ${isThreefold ? `${name}.IsPresent` : `${name} != nil`} {`,
      ...indented([writeKey, writeStatement(field.type, value, names)]),
      '}',
    ];
  });
  return ['w.openObject()', ...lines, 'w.closeObject()'];
};

const tupleBody = (type: TupleType, names: GoNames): readonly string[] => [
  ...type.items.flatMap((item, at) => [
    `w.raw("${at === 0 ? '[' : ','}")`,
    writeStatement(item, variable(`v.Item${at}`), names),
  ]),
  ...(type.items.length === 0 ? ['w.raw("[")'] : []),
  ...(type.rest === undefined ? [] : [`writeItems(w, v.Rest, ${writeFunction(type.rest, names)})`]),
  'w.raw("]")',
];

const unionBody = (type: UnionType, names: GoNames): readonly string[] => [
  'switch {',
  ...type.options.flatMap((option) => [
    `case v.${camel(option.words)} != nil:`,
    ...indented([writeStatement(option.type, behind(`v.${camel(option.words)}`), names)]),
  ]),
  'default:',
  '\tw.noOption()',
  '}',
];

const enumBody = (type: EnumType, names: GoNames): readonly string[] =>
  isTextEnum(type)
    ? ['if !v.isKnown() {', '\tw.noValue()', '\treturn', '}', 'w.writeText(string(*v))']
    : [
        `if *v == 0 || int(*v) > len(textsOf${names.typeName(type)}) {`,
        '\tw.noValue()',
        '\treturn',
        '}',
        `w.raw(textsOf${names.typeName(type)}[*v-1])`,
      ];
