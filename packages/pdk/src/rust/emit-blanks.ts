import type {
  EnumType,
  FieldPlan,
  NamedType,
  ObjectType,
  OptionPlan,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { isKept } from './rust-type.ts';
import { snakeName, typeName, variantName } from './spelling.ts';

/** For each type, an expression for a value that is filled when it is read. */
export const blanksOf = (types: readonly NamedType[]): ReadonlyMap<NamedType, string> => {
  const finite = findFinite(types);
  return new Map(types.map((type) => [type, blankOf(type, finite)]));
};

const blankOf = (type: NamedType, finite: FiniteTypes): string => {
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

const blankUnion = (type: UnionType, name: string, finite: FiniteTypes): string => {
  const option = finite.get(type) ?? type.options[0];
  if (option === undefined) return 'unreachable!()';
  const variant = `${name}::${variantName(option.words)}`;
  return option.type.kind === 'null' ? variant : `${variant}(${BLANK})`;
};

/**
 * For each type that has a blank value, the option that it is of where the type is a union: one that was known to have a blank value
 * before the union was, so that none holds itself.
 */
const findFinite = (types: readonly NamedType[]): FiniteTypes => {
  const finite = new Map<NamedType, OptionPlan | undefined>();
  for (let before = -1; before < finite.size;) {
    before = finite.size;
    for (const type of types) {
      if (finite.has(type)) continue;
      if (type.kind === 'union') {
        const option = type.options.find((each) => isFinite(each.type, finite));
        if (option !== undefined) finite.set(type, option);
      } else if (partsOf(type).every((part) => isFinite(part, finite))) finite.set(type, undefined);
    }
  }
  return finite;
};

type FiniteTypes = ReadonlyMap<NamedType, OptionPlan | undefined>;

/** What a blank value of a type holds. */
const partsOf = (type: ObjectType | TupleType | EnumType): readonly TypePlan[] => {
  if (type.kind === 'object')
    return type.fields.filter((field) => !field.isOptional).map((field) => field.type);
  return type.kind === 'tuple' ? type.items : [];
};

const isFinite = (type: TypePlan, finite: FiniteTypes): boolean =>
  type.kind !== 'named' || finite.has(type.type);
