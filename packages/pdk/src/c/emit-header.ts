import type {
  FunctionPlan,
  KitPlan,
  NamedType,
  ObjectType,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import {
  collectionsOf,
  type Constants,
  cType,
  declare,
  membersOf,
  nameOf,
  placeType,
  pointerTo,
} from './c-types.ts';
import { comment, handlerName, memberName, typeName } from './spelling.ts';

/** Emits `contract.h`: the types of the messages, and the declarations of the functions that the author writes. */
export const emitHeader = (plan: KitPlan, constants: Constants): string => {
  const structs = plan.types.filter((type) => type.kind !== 'enum');
  const collections = collectionsOf(plan);
  const maps = collections.filter((type) => type.kind === 'map');
  const sections = [
    [
      '// The types of the contract, and the functions that you write. `plugwire generate` replaces this file.',
      '#ifndef PLUGWIRE_CONTRACT_H',
      '#define PLUGWIRE_CONTRACT_H',
      '',
      '#include "plugwire.h"',
    ],
    structs.map(({ words }) => `typedef struct ${typeName(words)} ${typeName(words)};`),
    plan.types.flatMap((type) => emitEnum(type, constants)),
    collections.flatMap(emitCollection),
    ...structs.map((type) => emitStruct(type)),
    ...maps.map(emitEntry),
    ...plan.functions.map(emitHandlers),
    ['#endif'],
  ];
  return `${sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n')}\n`;
};

const emitEnum = (type: NamedType, constants: Constants): readonly string[] => {
  if (type.kind !== 'enum' && type.kind !== 'union') return [];
  const name = type.kind === 'enum' ? typeName(type.words) : `${typeName(type.words)}_option`;
  const about = type.kind === 'enum' ? comment(type.description) : [];
  return [...about, 'typedef enum {', ...constants(type).map((constant) => `  ${constant},`), `} ${name};`];
};

const emitCollection = (type: TypePlan): readonly string[] => {
  const name = nameOf(type);
  if (type.kind === 'list')
    return [`typedef struct { ${declare(pointerTo(cType(type.element)), 'at')}; uint32_t length; } ${name};`];
  if (type.kind !== 'map') return [];
  const entry = `${nameOf(type.value)}_entry`;
  return [`typedef struct ${entry} ${entry};`, `typedef struct { ${entry} *at; uint32_t length; } ${name};`];
};

const emitEntry = (type: TypePlan): readonly string[] =>
  type.kind === 'map'
    ? [
        `struct ${nameOf(type.value)}_entry {`,
        '  pw_text key;',
        `  ${declare(cType(type.value), 'value')};`,
        '};',
      ]
    : [];

const emitStruct = (type: NamedType): readonly string[] => {
  const about = comment(type.description);
  const refined = type.isRefined ? ['// The host checks more than this type says.'] : [];
  const members =
    type.kind === 'object'
      ? objectMembers(type)
      : type.kind === 'tuple'
        ? tupleMembers(type)
        : unionMembers(type);
  return [
    ...about,
    ...refined,
    `struct ${typeName(type.words)} {`,
    ...(members.length === 0 ? ['  char nothing;'] : members),
    '};',
  ];
};

const objectMembers = (type: ObjectType): readonly string[] =>
  membersOf(type.fields).flatMap(({ field, name, type: own, flag }) =>
    [
      comment(field.description, '  '),
      flag === undefined ? [] : `  bool ${flag};`,
      `  ${declare(own, name)};${presenceNote(field.isOptional, flag, field.type)}`,
    ].flat(),
  );

const presenceNote = (isOptional: boolean, flag: string | undefined, type: TypePlan): string => {
  if (flag !== undefined) return ` // NULL is null; the key is absent if ${flag} is false`;
  if (isOptional) return ' // NULL is absent';
  return type.kind === 'nullable' ? ' // NULL is null' : '';
};

const tupleMembers = (type: TupleType): readonly string[] => [
  ...type.items.flatMap((item, at) =>
    item.kind === 'constant' ? [] : [`  ${declare(placeType(item), `item${at + 1}`)};`],
  ),
  ...(type.rest === undefined ? [] : [`  ${nameOf(type.rest)}_list rest;`]),
];

const unionMembers = (type: NamedType): readonly string[] =>
  type.kind === 'union'
    ? [`  ${typeName(type.words)}_option option;`, '  union {', ...optionMembers(type), '  } as;']
    : [];

const optionMembers = (type: UnionType): readonly string[] =>
  type.options.map((option) => `    ${declare(placeType(option.type), memberName(option.words))};`);

const emitHandlers = ({ name, description, versions }: FunctionPlan): readonly string[] => [
  ...comment(description),
  ...versions.flatMap(({ version, words, request, response }) => [
    `// ${name}, version ${version}. Return true, or pw_fail("the reason").`,
    `bool ${handlerName(words)}(const ${typeName(request.words)} *request, ${typeName(response.words)} *response);`,
  ]),
];
