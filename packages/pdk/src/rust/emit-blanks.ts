import type { NamedType, ObjectType, TupleType, TypePlan, UnionType } from '../plan/kit-plan.ts';
import { isKept, isBoxed } from './rust-type.ts';
import { rustString, snakeName, typeName, variantName } from './spelling.ts';

/**
 * A blank value for each type. It stands for an object, or a part of one, until the keys are read. Nobody sees it: an object whose required
 * keys are not all there is refused. It saves an `Option` for each field, and the code that takes the value out of it.
 */
export const emitBlanks = (types: readonly NamedType[]): readonly string[] => {
  const finite = findFinite(types);
  return types.map((type) => {
    const name = typeName(type.words);
    return `impl ${name} {
    fn blank() -> Self {
        ${bodyOf(type, name, finite)}
    }
}
`;
  });
};

const bodyOf = (type: NamedType, name: string, finite: ReadonlySet<NamedType>): string => {
  if (type.kind === 'object') return blankObject(type, name);
  if (type.kind === 'tuple') return blankTuple(type, name);
  if (type.kind === 'union') return blankUnion(type, name, finite);
  return `${name}::${variantName(type.values[0]?.words ?? [])}`;
};

const blankObject = (type: ObjectType, name: string): string => {
  const fields = type.fields.filter(isKept).map((field) => {
    const blank = field.isOptional ? 'None' : (defaultOf(field) ?? blankOf(field.type, type));
    return `            ${snakeName(field.words)}: ${blank},\n`;
  });
  return fields.length === 0 ? `${name} {}` : `${name} {\n${fields.join('')}        }`;
};

/** A default that is as cheap as a blank value: the key may stay away. Others are read where the key is missing. */
export const defaultOf = ({ defaultJson: json, type }: ObjectType['fields'][number]): string | undefined => {
  if (json === undefined) return undefined;
  if (type.kind === 'nullable' && json === 'null') return 'None';
  if (type.kind === 'string') return `String::from(${rustString(JSON.parse(json) as string)})`;
  if (type.kind === 'boolean' || type.kind === 'integer') return json;
  return type.kind === 'list' && json === '[]' ? 'Vec::new()' : undefined;
};

const blankTuple = (type: TupleType, name: string): string => {
  const items = type.items.filter((item) => item.kind !== 'constant').map((item) => blankOf(item, type));
  if (type.rest !== undefined) items.push('Vec::new()');
  return `${name}(${items.join(', ')})`;
};

const blankUnion = (type: UnionType, name: string, finite: ReadonlySet<NamedType>): string => {
  const option = type.options.find((each) => isFinite(each.type, finite)) ?? type.options[0];
  if (option === undefined) return 'unreachable!()';
  const variant = `${name}::${variantName(option.words)}`;
  return option.type.kind === 'null' ? variant : `${variant}(${blankOf(option.type, type)})`;
};

/** The cheapest value of a type. */
const blankOf = (type: TypePlan, holder: NamedType): string => {
  if (type.kind === 'string') return 'String::new()';
  if (type.kind === 'boolean') return 'false';
  if (type.kind === 'null' || type.kind === 'constant') return '()';
  if (type.kind === 'integer') return '0';
  if (type.kind === 'number') return '0.0';
  if (type.kind === 'list') return 'Vec::new()';
  if (type.kind === 'map') return 'Map::new()';
  if (type.kind === 'nullable') return 'None';
  if (type.kind !== 'named') return 'Json::blank()';
  const blank = `${typeName(type.type.words)}::blank()`;
  return isBoxed(type.type, holder) ? `Box::new(${blank})` : blank;
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
