import type { FieldPlan, NamedType, ObjectType, TupleType, TypePlan, UnionType } from '../plan/kit-plan.ts';
import { isKept } from './rust-type.ts';
import { snakeName, typeName, variantName } from './spelling.ts';

/** For each type, an expression for a value that is filled when it is read. */
export const blanksOf = (types: readonly NamedType[]): ReadonlyMap<NamedType, string> => {
  const finite = findFinite(types);
  return new Map(types.map((type) => [type, blankOf(type, finite)]));
};

const blankOf = (type: NamedType, finite: ReadonlySet<NamedType>): string => {
  const name = typeName(type.words);
  if (type.kind === 'object') return blankObject(type, name);
  if (type.kind === 'tuple') return blankTuple(type, name);
  if (type.kind === 'union') return blankUnion(type, name, finite);
  return `${name}::${variantName(type.values[0]?.words ?? [])}`;
};

const BLANK = 'Decode::blank()';

const blankObject = (type: ObjectType, name: string): string => {
  const fields = type.fields
    .filter(isKept)
    .map((field) => `            ${snakeName(field.words)}: ${cheapDefault(field) ?? BLANK},\n`);
  return fields.length === 0 ? `${name} {}` : `${name} {\n${fields.join('')}        }`;
};

/** A default that costs nothing: it is there from the beginning. Others are read where the key is missing. */
export const cheapDefault = ({ defaultJson: json, type }: FieldPlan): string | undefined => {
  if (json === undefined) return undefined;
  if (type.kind === 'boolean' || type.kind === 'integer') return json;
  const isBlank =
    (type.kind === 'nullable' && json === 'null') ||
    (type.kind === 'list' && json === '[]') ||
    (type.kind === 'string' && json === '""');
  return isBlank ? BLANK : undefined;
};

const blankTuple = (type: TupleType, name: string): string => {
  const items = type.items.filter((item) => item.kind !== 'constant').map(() => BLANK);
  if (type.rest !== undefined) items.push(BLANK);
  return `${name}(${items.join(', ')})`;
};

const blankUnion = (type: UnionType, name: string, finite: ReadonlySet<NamedType>): string => {
  const option = type.options.find((each) => isFinite(each.type, finite)) ?? type.options[0];
  if (option === undefined) return 'unreachable!()';
  const variant = `${name}::${variantName(option.words)}`;
  return option.type.kind === 'null' ? variant : `${variant}(${BLANK})`;
};

/** Types whose blank value does not hold itself: not all options of a union are so. */
const findFinite = (types: readonly NamedType[]): ReadonlySet<NamedType> => {
  const finite = new Set<NamedType>();
  for (let before = -1; before < finite.size;) {
    before = finite.size;
    for (const type of types) if (isFiniteType(type, finite)) finite.add(type);
  }
  return finite;
};

const isFiniteType = (type: NamedType, finite: ReadonlySet<NamedType>): boolean => {
  if (type.kind === 'object')
    return type.fields.every((field) => field.isOptional || isFinite(field.type, finite));
  if (type.kind === 'tuple') return type.items.every((item) => isFinite(item, finite));
  return type.kind === 'enum' || type.options.some((option) => isFinite(option.type, finite));
};

const isFinite = (type: TypePlan, finite: ReadonlySet<NamedType>): boolean =>
  type.kind !== 'named' || finite.has(type.type);
