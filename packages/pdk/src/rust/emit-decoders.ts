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
import { defaultOf, emitBlanks } from './emit-blanks.ts';
import { isBoxed, isKept } from './rust-type.ts';
import { rustString, scalarLiteral, snakeName, typeName, variantName } from './spelling.ts';

/** A `Decode` for each type. */
export const emitDecoders = (plan: KitPlan): string =>
  [
    `//! Reads the types of the contract. Keys may come in any order; everything else is exactly as the contract says.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::reader::{default_of, put, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;
`,
    ...plan.types.map(
      (type) => `impl Decode for ${typeName(type.words)} {
    #[inline(never)]
    fn decode(reader: &mut Reader) -> Read<Self> {
${bodyOf(type)}    }
}
`,
    ),
    ...emitBlanks(plan.types),
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
  const keys = fields.map(
    (field) => `            ${keyOf(field.key, !field.isOptional && field.defaultJson === undefined)},\n`,
  );
  const late = fields.filter((field) => field.defaultJson !== undefined && defaultOf(field) === undefined);
  const cases = fields.map((field, at) => {
    const place = at === fields.length - 1 ? '_' : String(at);
    return `                ${place} => ${late.includes(field) ? `{\n                    ${hasName(field)} = true;\n                    ${readField(field, type)};\n                }` : `${readField(field, type)},`}\n`;
  });
  const flags = late.map((field) => `        let mut ${hasName(field)} = false;\n`);
  const defaults = late.map(
    (field) =>
      `        if !${hasName(field)} {\n            value.${snakeName(field.words)} = default_of(${rustString(field.defaultJson ?? '')}, |reader| ${readExpression(field.type, type)})?;\n        }\n`,
  );
  return `        const KEYS: &[Key] = &[
${keys.join('')}        ];
        let mut value = Self::blank();
${flags.join('')}        reader.object(KEYS, &mut |reader, key| {
            match key {
${cases.join('')}            }
            Ok(())
        })?;
${defaults.join('')}        Ok(value)
`;
};

const hasName = (field: FieldPlan): string => `has_${field.words.join('_')}`;

const readField = (field: FieldPlan, holder: NamedType): string => {
  const read = `${readExpression(field.type, holder)}?`;
  if (!isKept(field)) return read;
  const place = `value.${snakeName(field.words)}`;
  const put = field.isOptional ? `Some(${read})` : read;
  // What stands in the place owns no memory: it needs no code that gives it back.
  const isPlain = field.type.kind !== 'named' && field.defaultJson === undefined;
  return field.isOptional || isPlain ? `put(&mut ${place}, ${put})` : `${place} = ${put}`;
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
    const variant = `${typeName(type.words)}::${variantName(option.words)}`;
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
      `            ${at === type.values.length - 1 ? '_' : at} => ${typeName(type.words)}::${variantName(words)},\n`,
  );
  return `        Ok(match reader.choice(&[${type.values.map(({ value }) => scalarLiteral(value)).join(', ')}])? {
${cases.join('')}        })
`;
};
