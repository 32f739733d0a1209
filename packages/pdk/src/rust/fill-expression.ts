import type { IntegerPlan, NumberPlan, TypePlan } from '../plan/kit-plan.ts';
import { rustString, scalarLiteral } from './spelling.ts';

/** The location of a value: as the receiver of a method, and as an argument. */
export interface Place {
  readonly value: string;
  readonly reference: string;
}

/** Returns the place of a variable that is a reference. */
export const byReference = (name: string): Place => ({ value: name, reference: name });

/** Returns an expression of type `Read<()>` that reads a value into its place. */
export const fillExpression = (type: TypePlan, { value, reference }: Place): string => {
  if (type.kind === 'constant') return `reader.constant(${scalarLiteral(type.value)})`;
  if (fillsItself(type)) return `${value}.fill(reader)`;
  if (type.kind === 'integer') return `reader.${type.width}_into(${reference}, ${boundsOf(type)})`;
  if (type.kind === 'number') return `reader.number_into(${reference}, ${fitsNumber(type)})`;
  if (type.kind === 'list') return `reader.list(${reference}, ${fillClosure(type.element)})`;
  if (type.kind === 'nullable') return `reader.nullable(${reference}, ${fillClosure(type.inner)})`;
  if (type.kind === 'map')
    return type.keys === undefined
      ? `reader.map(${reference}, ${fillClosure(type.value)})`
      : `reader.keyed_map(${reference}, &[${keysOf(type.keys, type.isComplete)}], ${fillClosure(type.value)})`;
  return `reader.json_object(${reference})`;
};

const fillClosure = (type: TypePlan): string =>
  `|reader, value| ${fillExpression(type, byReference('value'))}`;

/** Whether the Rust type alone determines how the value is read. */
const fillsItself = (type: TypePlan): boolean => {
  if (type.kind === 'integer') {
    const { minimum, maximum } = FULL[type.width];
    return type.minimum === minimum && type.maximum === maximum;
  }
  if (type.kind === 'number') return fitsNumber(type) === ANY;
  if (type.kind === 'list') return fillsItself(type.element);
  if (type.kind === 'map') return type.keys === undefined && fillsItself(type.value);
  if (type.kind === 'nullable') return fillsItself(type.inner);
  return type.kind !== 'json_object' && type.kind !== 'constant';
};

const FULL = {
  u32: { minimum: 0n, maximum: 2n ** 32n - 1n },
  i32: { minimum: -(2n ** 31n), maximum: 2n ** 31n - 1n },
  u64: { minimum: 0n, maximum: 2n ** 64n - 1n },
  i64: { minimum: -(2n ** 63n), maximum: 2n ** 63n - 1n },
} as const;

/** Returns keys as the elements of an array. */
export const keysOf = (keys: readonly string[], isRequired: boolean): string =>
  keys.map((key) => keyOf(key, isRequired)).join(', ');

/** Returns a key as a literal of the runtime's `Key`. */
export const keyOf = (key: string, isRequired: boolean): string =>
  `Key { name: ${rustString(key)}, is_required: ${isRequired} }`;

/** Returns `minimum, maximum` as literals. */
export const boundsOf = ({ minimum, maximum }: IntegerPlan): string => `${minimum}, ${maximum}`;

const ANY = '|_| true';

/** Returns a closure that checks whether a number is within the bounds. */
export const fitsNumber = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberPlan): string => {
  const bounds = [
    ...(minimum === undefined ? [] : [`value >= ${rustNumber(minimum)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`value > ${rustNumber(exclusiveMinimum)}`]),
    ...(maximum === undefined ? [] : [`value <= ${rustNumber(maximum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`value < ${rustNumber(exclusiveMaximum)}`]),
  ];
  return bounds.length === 0 ? ANY : `|value| ${bounds.join(' && ')}`;
};

const rustNumber = (value: number): string => `${value.toString().replace('e+', 'e')}f64`;
