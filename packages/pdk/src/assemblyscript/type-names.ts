import type { FieldPlan, TypePlan } from '../plan/kit-plan.ts';
import { pascalCase } from './names.ts';

/** Whether values of the type are objects, which can be `null`. Numbers, booleans and enums cannot. */
export const isReference = (type: TypePlan): boolean =>
  type.kind === 'named'
    ? type.type.kind !== 'enum'
    : type.kind !== 'integer' && type.kind !== 'number' && type.kind !== 'boolean' && type.kind !== 'null';

/** Whether `null` is a value of the type. */
export const isNullable = (type: TypePlan): boolean => type.kind === 'nullable' || type.kind === 'null';

/** Whether the type has only one value. It then needs no field. */
export const isConstant = (type: TypePlan): boolean => type.kind === 'constant' || type.kind === 'null';

/** Whether an optional or nullable value must be wrapped in a `Some`. */
export const needsSome = (type: TypePlan): boolean => !isReference(type) || isNullable(type);

/** Returns a type of the plan in AssemblyScript. */
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

/** The type of an optional or nullable value. */
const absentName = (type: TypePlan): string =>
  needsSome(type) ? `Some<${typeName(type)}> | null` : `${typeName(type)} | null`;

/** Returns the type of a field. */
export const fieldTypeName = (field: FieldPlan): string =>
  field.isOptional ? absentName(field.type) : typeName(field.type);

/** Returns the keys that need a field in the class. Constants do not. */
export const heldFields = (fields: readonly FieldPlan[]): readonly FieldPlan[] =>
  fields.filter((field) => field.isOptional || !isConstant(field.type));
