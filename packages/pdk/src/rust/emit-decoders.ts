import type {
  EnumType,
  FieldPlan,
  IntegerPlan,
  KitPlan,
  NamedType,
  NumberPlan,
  ObjectType,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { isBoxed } from './rust-type.ts';
import { rustString, scalarLiteral, snakeName, typeName } from './spelling.ts';

/** A `Decode` for each type. */
export const emitDecoders = (plan: KitPlan): string =>
  [
    `//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::types::*;
`,
    ...plan.types.map(
      (type) => `impl Decode for ${typeName(type.words)} {
    fn decode(reader: &mut Reader) -> Read<Self> {
${bodyOf(type)}    }
}
`,
    ),
  ].join('\n');

const bodyOf = (type: NamedType): string => {
  if (type.kind === 'object') return readObject(type);
  if (type.kind === 'tuple') return readTuple(type);
  return type.kind === 'union' ? readUnion(type) : readEnum(type);
};

/** An expression that reads a value: its type is `Read` of the value’s. */
export const readExpression = (type: TypePlan, holder?: NamedType): string => {
  if (type.kind === 'integer') return readInteger(type);
  if (type.kind === 'number') return `reader.number(${fitsNumber(type)})`;
  if (type.kind === 'constant') return `reader.choice(&[${scalarLiteral(type.value)}]).map(|_| ())`;
  if (type.kind === 'list') return `reader.list(|reader| ${readExpression(type.element)})`;
  if (type.kind === 'map') {
    const read = `|reader| ${readExpression(type.value)}`;
    return type.keys === undefined
      ? `reader.map(${read})`
      : `reader.keyed_map(&[${keysOf(type.keys, type.isComplete)}], ${read})`;
  }
  if (type.kind === 'nullable') return `reader.nullable(|reader| ${readExpression(type.inner, holder)})`;
  if (type.kind !== 'named') return `reader.${type.kind}()`;
  const read = `${typeName(type.type.words)}::decode(reader)`;
  return isBoxed(type.type, holder) ? `${read}.map(Box::new)` : read;
};

/** Keys for the runtime, as elements of an array. */
export const keysOf = (keys: readonly string[], isRequired: boolean): string =>
  keys.map((key) => keyOf(key, isRequired)).join(', ');

const keyOf = (key: string, isRequired: boolean): string =>
  `Key { name: ${rustString(key)}, is_required: ${isRequired} }`;

/** `minimum, maximum`, as literals of Rust. */
export const boundsOf = ({ minimum, maximum }: IntegerPlan): string => `${minimum}, ${maximum}`;

const readInteger = (type: IntegerPlan): string => `reader.${type.width}(${boundsOf(type)})`;

/** A function from a number to whether it is within the bounds. */
export const fitsNumber = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberPlan): string => {
  const bounds = [
    ...(minimum === undefined ? [] : [`value >= ${rustNumber(minimum)}`]),
    ...(exclusiveMinimum === undefined ? [] : [`value > ${rustNumber(exclusiveMinimum)}`]),
    ...(maximum === undefined ? [] : [`value <= ${rustNumber(maximum)}`]),
    ...(exclusiveMaximum === undefined ? [] : [`value < ${rustNumber(exclusiveMaximum)}`]),
  ];
  return bounds.length === 0 ? '|_| true' : `|value| ${bounds.join(' && ')}`;
};

const rustNumber = (value: number): string => `${value.toString().replace('e+', 'e')}f64`;

const readObject = (type: ObjectType): string => {
  const name = typeName(type.words);
  const { fields } = type;
  if (fields.length === 0)
    return `        reader.object(&[], &mut |_, _| Ok(()))?;\n        Ok(${name} {})\n`;
  const kept = fields.filter((field) => !isChecked(field));
  const keys = fields.map(
    (field) => `            ${keyOf(field.key, !field.isOptional && field.defaultJson === undefined)},\n`,
  );
  const variables = kept.map((field) => `        let mut ${variableOf(field)} = None;\n`);
  const cases = fields.map((field, at) => {
    const read = readExpression(field.type, type);
    const place = at === fields.length - 1 ? '_' : String(at);
    return isChecked(field)
      ? `                ${place} => ${read}?,\n`
      : `                ${place} => ${variableOf(field)} = Some(${read}?),\n`;
  });
  const values = kept.map((field) => `            ${snakeName(field.words)}: ${valueOf(field, type)},\n`);
  return `        const KEYS: &[Key] = &[
${keys.join('')}        ];
${variables.join('')}        reader.object(KEYS, &mut |reader, key| {
            match key {
${cases.join('')}            }
            Ok(())
        })?;
        Ok(${name} {
${values.join('')}        })
`;
};

/** The field is not in the type: it can only have one value. */
const isChecked = (field: FieldPlan): boolean => field.type.kind === 'constant' && !field.isOptional;

/** Not the field’s own name: that could be `reader`. */
const variableOf = (field: FieldPlan): string => `its_${field.words.join('_')}`;

const valueOf = (field: FieldPlan, holder: NamedType): string => {
  const variable = variableOf(field);
  if (field.isOptional) return variable;
  return field.defaultJson === undefined
    ? `reader.present(${variable})?`
    : `match ${variable} { Some(value) => value, None => ${defaultExpression(field.defaultJson, field.type, holder)} }`;
};

const defaultExpression = (json: string, type: TypePlan, holder: NamedType): string => {
  if (type.kind === 'nullable' && json === 'null') return 'None';
  if (type.kind === 'string') return `String::from(${rustString(JSON.parse(json) as string)})`;
  if (type.kind === 'boolean' || type.kind === 'integer') return json;
  if (type.kind === 'list' && json === '[]') return 'Vec::new()';
  return `default_of(${rustString(json)}, |reader| ${readExpression(type, holder)})?`;
};

const readTuple = (type: TupleType): string => {
  const { items, rest } = type;
  const kept = items.map((item, at) => ({ item, at })).filter(({ item }) => item.kind !== 'constant');
  const variables = kept.map(({ at }) => `        let mut item_${at} = None;\n`);
  const cases = items.map((item, at) => {
    const read = readExpression(item, type);
    return item.kind === 'constant'
      ? `                ${at} => ${read}?,\n`
      : `                ${at} => item_${at} = Some(${read}?),\n`;
  });
  const values = kept.map(({ at }) => `reader.present(item_${at})?`);
  if (rest !== undefined) {
    variables.push('        let mut rest = Vec::new();\n');
    values.push('rest');
  }
  const last = rest === undefined ? '{}' : `rest.push(${readExpression(rest)}?)`;
  return `${variables.join('')}        reader.tuple(${items.length}, ${rest !== undefined}, &mut |reader, place| {
            match place {
${cases.join('')}                _ => ${last},
            }
            Ok(())
        })?;
        Ok(${typeName(type.words)}(${values.join(', ')}))
`;
};

const readUnion = (type: UnionType): string => {
  const { discriminator, options } = type;
  const made = (option: UnionType['options'][number]): string => {
    const variant = `${typeName(type.words)}::${typeName(option.words)}`;
    const read = readExpression(option.type, type);
    return option.type.kind === 'null' ? `${read}.map(|()| ${variant})` : `${read}.map(${variant})`;
  };
  if (discriminator === undefined)
    return `${options
      .map(
        (option) =>
          `        if let Some(value) = reader.attempt(|reader| ${made(option)})? {\n            return Ok(value);\n        }\n`,
      )
      .join('')}        reader.refuse("fits none of the kinds that the contract has")\n`;
  const tags = options.flatMap((option) => option.tags);
  const cases = options.map((option, at) => {
    const places = option.tags.map((tag) => tags.indexOf(tag));
    return `            ${at === options.length - 1 ? '_' : places.join(' | ')} => ${made(option)},\n`;
  });
  return `        match reader.tag(${rustString(discriminator)}, &[${tags.map(scalarLiteral).join(', ')}])? {
${cases.join('')}        }
`;
};

const readEnum = (type: EnumType): string => {
  const cases = type.values.map(
    ({ words }, at) =>
      `            ${at === type.values.length - 1 ? '_' : at} => ${typeName(type.words)}::${typeName(words)},\n`,
  );
  return `        Ok(match reader.choice(&[${type.values.map(({ value }) => scalarLiteral(value)).join(', ')}])? {
${cases.join('')}        })
`;
};
