import type { FieldPlan, TypePlan } from '../plan/kit-plan.ts';
import { pascalCase } from './names.ts';

/** The type lives in an object of its own, and `null` can stand for it. Numbers, booleans and enums cannot be null. */
export const isReference = (type: TypePlan): boolean =>
  type.kind === 'named'
    ? type.type.kind !== 'enum'
    : type.kind !== 'integer' && type.kind !== 'number' && type.kind !== 'boolean' && type.kind !== 'null';

/** `null` is a value of the type. */
export const isNullable = (type: TypePlan): boolean => type.kind === 'nullable' || type.kind === 'null';

/** The type has one value, so that no field needs to hold it. */
export const isConstant = (type: TypePlan): boolean => type.kind === 'constant' || type.kind === 'null';

/** The value has to stand in a `Some` to be absent or null. */
export const needsSome = (type: TypePlan): boolean => !isReference(type) || isNullable(type);

/** A type of the plan as AssemblyScript spells it. */
export const typeName = (type: TypePlan): string => {
  if (type.kind === 'string') return 'Text';
  if (type.kind === 'boolean') return 'bool';
  if (type.kind === 'null' || type.kind === 'constant') return 'Null';
  if (type.kind === 'integer') return type.width;
  if (type.kind === 'number') return 'f64';
  if (type.kind === 'list') return listName(typeName(type.element));
  if (type.kind === 'map') return `Entries<${typeName(type.value)}>`;
  if (type.kind === 'named') return pascalCase(type.type.words);
  if (type.kind !== 'nullable') return 'Json';
  return isNullable(type.inner) ? typeName(type.inner) : absentName(type.inner);
};

const listName = (element: string): string => (element.includes('|') ? `Array<${element}>` : `${element}[]`);

/** The type of something that may not be there. */
const absentName = (type: TypePlan): string =>
  needsSome(type) ? `Some<${typeName(type)}> | null` : `${typeName(type)} | null`;

/** The type of a field. */
export const fieldTypeName = (field: FieldPlan): string =>
  field.isOptional ? absentName(field.type) : typeName(field.type);

/** The fields that a class has: constants need none. */
export const heldFields = (fields: readonly FieldPlan[]): readonly FieldPlan[] =>
  fields.filter((field) => field.isOptional || !isConstant(field.type));
