import type { FieldPlan, KitPlan, NamedType, Scalar, TypePlan } from '../plan/kit-plan.ts';
import { createNames } from '../plan/words.ts';
import { constantName, memberName, typeName } from './spelling.ts';

const INTEGERS = { i32: 'int32_t', u32: 'uint32_t', i64: 'int64_t', u64: 'uint64_t' } as const;

/** Returns the C type of a value. Nullable values are pointers. Lists and maps are structs. */
export const cType = (type: TypePlan): string => {
  if (type.kind === 'string') return 'pw_text';
  if (type.kind === 'boolean') return 'bool';
  if (type.kind === 'null' || type.kind === 'constant') return 'char';
  if (type.kind === 'json' || type.kind === 'json_object') return 'pw_json';
  if (type.kind === 'integer') return INTEGERS[type.width];
  if (type.kind === 'number') return 'double';
  if (type.kind === 'nullable') return pointerTo(cType(type.inner));
  if (type.kind === 'named') return typeName(type.type.words);
  return nameOf(type);
};

/** Returns the pointer type of a type: `Header *`. */
export const pointerTo = (type: string): string => (type.endsWith('*') ? `${type}*` : `${type} *`);

/** Returns a declaration: `uint64_t *limit`, `Header_list headers`. */
export const declare = (type: string, name: string): string =>
  type.endsWith('*') ? `${type}${name}` : `${type} ${name}`;

/** Returns the name of a type within other names: `Header`, `pw_text_list`, `pw_u64_or_null`. */
export const nameOf = (type: TypePlan): string => {
  if (type.kind === 'integer') return `pw_${type.width}`;
  if (type.kind === 'list') return `${nameOf(type.element)}_list`;
  if (type.kind === 'map') return `${nameOf(type.value)}_map`;
  if (type.kind === 'nullable') return `${nameOf(type.inner)}_or_null`;
  if (type.kind === 'named') return typeName(type.type.words);
  if (type.kind === 'string') return 'pw_text';
  if (type.kind === 'json' || type.kind === 'json_object') return 'pw_json';
  return `pw_${type.kind}`;
};

/** Whether values of the type are stored behind a pointer. Recursive types are, because a struct cannot contain itself. */
export const isBoxed = (type: TypePlan): boolean => type.kind === 'named' && type.type.isRecursive;

/** Returns the type of a struct member: the type itself, or a pointer if it is boxed. */
export const placeType = (type: TypePlan): string => (isBoxed(type) ? pointerTo(cType(type)) : cType(type));

/** A key of an object as a member of a struct. Constants have no member. */
export interface Member {
  readonly field: FieldPlan;
  readonly name: string;
  readonly type: string;
  /** The member that says whether the key is present. It exists only where `NULL` means null. */
  readonly flag?: string;
}

/** Returns the members of an object, in the order of its keys. */
export const membersOf = (fields: readonly FieldPlan[]): readonly Member[] => {
  const name = createNames();
  // Name all fields first, so that their names do not depend on the flags.
  const named = fields.map((field) => ({ field, name: memberName(name(field.words)) }));
  return named
    .filter(({ field }) => field.type.kind !== 'constant')
    .map(({ field, name: own }) => {
      if (!field.isOptional) return { field, name: own, type: placeType(field.type) };
      if (field.type.kind !== 'nullable') return { field, name: own, type: pointerTo(cType(field.type)) };
      const flag = memberName(name(['has', ...field.words]));
      return { field, name: own, type: cType(field.type), flag };
    });
};

/** Returns the constants of an enum or a union. All constants share one scope, so a repeated name gets a number. */
export type Constants = (type: NamedType) => readonly string[];

/** Names the constants of all enums and unions of a kit. */
export const createConstants = (types: readonly NamedType[]): Constants => {
  const name = createNames();
  const constants = new Map<NamedType, readonly string[]>();
  for (const type of types) {
    const parts = type.kind === 'enum' ? type.values : type.kind === 'union' ? type.options : [];
    constants.set(
      type,
      parts.map(({ words }) => constantName(name([...type.words, ...words]))),
    );
  }
  return (type) => constants.get(type) ?? [];
};

/** Returns the list and map types that a kit uses, each once. A type comes after the types that it contains. */
export const collectionsOf = ({ types, hostFunctions }: KitPlan): readonly TypePlan[] => {
  const found = new Map<string, TypePlan>();
  const visit = (type: TypePlan): void => {
    if (type.kind === 'nullable') visit(type.inner);
    if (type.kind === 'list') visit(type.element);
    if (type.kind === 'map') visit(type.value);
    if ((type.kind === 'list' || type.kind === 'map') && !found.has(nameOf(type)))
      found.set(nameOf(type), type);
  };
  for (const type of types) partsOf(type).forEach(visit);
  for (const { parameters, result } of hostFunctions)
    for (const value of [...parameters, ...(result === undefined ? [] : [result])])
      if (value.type !== undefined) visit(value.type);
  return [...found.values()];
};

const partsOf = (type: NamedType): readonly TypePlan[] => {
  if (type.kind === 'object') return type.fields.map((field) => field.type);
  if (type.kind === 'union') return type.options.map((option) => option.type);
  // The items after the fixed ones are a list.
  if (type.kind === 'tuple')
    return type.rest === undefined ? type.items : [...type.items, { kind: 'list', element: type.rest }];
  return [];
};

/** Returns the kind of a scalar in the kit's tables. */
export const scalarKind = (value: Scalar): string => {
  if (value === null) return 'PW_JSON_NULL';
  return { string: 'PW_JSON_STRING', number: 'PW_JSON_NUMBER', boolean: 'PW_JSON_BOOLEAN' }[
    typeof value as 'string' | 'number' | 'boolean'
  ];
};
