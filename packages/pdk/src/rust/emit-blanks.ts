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

/** Returns, for each type, an expression of a blank value. Readers fill it in. */
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

/** Returns the expression of a default that a blank value can have from the start. Readers parse other defaults if the key is missing. */
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
 * Finds the types that have a finite blank value. For a union, the value is the option to use. Its type was found before the union, so no
 * blank value contains itself.
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

/** The types of the parts of a blank value. */
const partsOf = (type: ObjectType | TupleType | EnumType): readonly TypePlan[] => {
  if (type.kind === 'object')
    return type.fields.filter((field) => !field.isOptional).map((field) => field.type);
  return type.kind === 'tuple' ? type.items : [];
};

const isFinite = (type: TypePlan, finite: FiniteTypes): boolean =>
  type.kind !== 'named' || finite.has(type.type);
