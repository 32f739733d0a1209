import type {
  EnumType,
  FieldPlan,
  KitPlan,
  NamedType,
  ObjectType,
  Scalar,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { boundsOf, fitsNumber, keysOf } from './fill-expression.ts';
import { isKept } from './rust-type.ts';
import { rustString, snakeName, typeName, variantName } from './spelling.ts';

/** Emits an implementation of `Encode` for each type. */
export const emitEncoders = (plan: KitPlan): string =>
  [
    `//! Writes the types of the contract, with keys in the order of the contract and without whitespace.

use super::runtime::reader::Key;
use super::runtime::writer::{Encode, Writer, Written};
use super::types::*;
`,
    ...plan.types.map(
      (type) => `impl Encode for ${typeName(type.words)} {
    #[inline(never)]
    fn encode(&self, writer: &mut Writer) -> Written {
${bodyOf(type)}    }
}
`,
    ),
  ].join('\n');

const bodyOf = (type: NamedType): string => {
  if (type.kind === 'object') return writeObject(type);
  if (type.kind === 'tuple') return writeTuple(type);
  return type.kind === 'union' ? writeUnion(type) : writeEnum(type);
};

/** A value in an expression: the value itself, and a reference to it. */
interface Operand {
  readonly value: string;
  readonly reference: string;
}

const BY_REFERENCE: Operand = { value: '*value', reference: 'value' };

const inPlace = (place: string): Operand => ({ value: place, reference: `&${place}` });

/** Returns an expression of type `Written` that writes a value. */
export const writeExpression = (type: TypePlan, operand: Operand = BY_REFERENCE): string => {
  const { value, reference } = operand;
  if (type.kind === 'string' || type.kind === 'json' || type.kind === 'json_object')
    return `writer.${type.kind}(${reference})`;
  if (type.kind === 'boolean') return `writer.boolean(${value})`;
  if (type.kind === 'null') return 'writer.raw("null")';
  if (type.kind === 'constant') return `writer.raw(${jsonLiteral(type.value)})`;
  if (type.kind === 'integer') return `writer.${type.width}(${value}, ${boundsOf(type)})`;
  if (type.kind === 'number') return `writer.number(${value}, ${fitsNumber(type)})`;
  if (type.kind === 'list') return `writer.list(${reference}, ${closureOf(type.element)})`;
  if (type.kind === 'map')
    return type.keys === undefined
      ? `writer.map(${reference}, ${closureOf(type.value)})`
      : `writer.keyed_map(&[${keysOf(type.keys, type.isComplete)}], ${reference}, ${closureOf(type.value)})`;
  if (type.kind === 'nullable') return `writer.nullable(${reference}, ${closureOf(type.inner)})`;
  return `${value.replace('*', '')}.encode(writer)`;
};

const closureOf = (type: TypePlan): string =>
  `|writer, ${type.kind === 'null' || type.kind === 'constant' ? '_' : 'value'}| ${writeExpression(type)}`;

const jsonLiteral = (value: Scalar): string => rustString(JSON.stringify(value));

const writeObject = (type: ObjectType): string =>
  `        writer.open_object();\n${type.fields.map(writeField).join('')}        writer.close_object()\n`;

const writeField = (field: FieldPlan): string => {
  const key = rustString(`${JSON.stringify(field.key)}:`);
  const place = `self.${snakeName(field.words)}`;
  if (field.type.kind === 'constant' && !isKept(field))
    return `        writer.key(${rustString(`${JSON.stringify(field.key)}:${JSON.stringify(field.type.value)}`)});\n`;
  if (!field.isOptional)
    return `        writer.key(${key});\n        ${writeExpression(field.type, inPlace(place))}?;\n`;
  const value = field.type.kind === 'null' || field.type.kind === 'constant' ? '_' : 'value';
  return `        if let Some(${value}) = &${place} {
            writer.key(${key});
            ${writeExpression(field.type)}?;
        }
`;
};

const writeTuple = (type: TupleType): string => {
  let place = 0;
  const items = type.items.map((item) => {
    const operand = inPlace(`self.${place}`);
    if (item.kind !== 'constant') place += 1;
    return `        writer.item();\n        ${writeExpression(item, operand)}?;\n`;
  });
  const rest =
    type.rest === undefined
      ? ''
      : `        for value in &self.${place} {\n            writer.item();\n            ${writeExpression(type.rest)}?;\n        }\n`;
  return `        writer.open_list();\n${items.join('')}${rest}        writer.close_list()\n`;
};

const writeUnion = (type: UnionType): string => {
  const cases = type.options.map(({ words, type: option }) => {
    const variant = `${typeName(type.words)}::${variantName(words)}`;
    const pattern = option.kind === 'null' ? variant : `${variant}(value)`;
    return `            ${pattern} => ${writeExpression(option)},\n`;
  });
  return `        match self {\n${cases.join('')}        }\n`;
};

const writeEnum = (type: EnumType): string => {
  const cases = type.values.map(
    ({ words, value }) =>
      `            ${typeName(type.words)}::${variantName(words)} => ${jsonLiteral(value)},\n`,
  );
  return `        writer.raw(match self {\n${cases.join('')}        })\n`;
};
