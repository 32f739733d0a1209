import type { EnumType, FieldPlan, IntegerPlan, TypePlan } from '../plan/kit-plan.ts';
import type { GoNames } from './go-names.ts';

const INTEGERS = { i32: 'int32', u32: 'uint32', i64: 'int64', u64: 'uint64' } as const;

/** Returns the Go type of an integer. */
export const integerType = ({ width }: IntegerPlan): string => INTEGERS[width];

/** Returns the type inside a nullable type. `undefined` if it is not nullable, or if its type already includes null: `JSON` and `Null` do. */
export const nullableInner = (type: TypePlan): TypePlan | undefined => {
  if (type.kind !== 'nullable') return undefined;
  const inner = nullableInner(type.inner) ?? type.inner;
  return inner.kind === 'json' || inner.kind === 'null' ? undefined : inner;
};

/** Returns the type without a nullable that adds nothing. */
export const plainType = (type: TypePlan): TypePlan =>
  type.kind === 'nullable' && nullableInner(type) === undefined ? plainType(type.inner) : type;

/** Returns a type in Go. Nullable types are pointers. */
export const goType = (type: TypePlan, names: GoNames): string => {
  const inner = nullableInner(type);
  if (inner !== undefined) return `*${goType(inner, names)}`;
  const plain = plainType(type);
  if (plain.kind === 'string') return 'string';
  if (plain.kind === 'boolean') return 'bool';
  if (plain.kind === 'integer') return integerType(plain);
  if (plain.kind === 'number') return 'float64';
  if (plain.kind === 'list') return `[]${goType(plain.element, names)}`;
  if (plain.kind === 'map') return `${names.prefix}Map[${goType(plain.value, names)}]`;
  if (plain.kind === 'named') return names.typeName(plain.type);
  return `${names.prefix}${plain.kind === 'json' || plain.kind === 'json_object' ? 'JSON' : 'Null'}`;
};

/** Returns the type of a field. Optional fields are pointers, or an `Optional` if they may also be null. */
export const fieldType = (field: FieldPlan, names: GoNames): string => {
  if (!field.isOptional) return goType(field.type, names);
  const type = goType(field.type, names);
  return nullableInner(field.type) === undefined ? `*${type}` : `${names.prefix}Optional[${type}]`;
};

/** Whether an enum is a Go string. Enums with other values than strings are integers that begin with 1. */
export const isTextEnum = (type: EnumType): boolean =>
  type.values.every(({ value }) => typeof value === 'string');
