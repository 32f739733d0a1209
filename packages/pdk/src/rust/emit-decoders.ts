import type {
  EnumType,
  FieldPlan,
  KitPlan,
  NamedType,
  ObjectType,
  OptionPlan,
  TupleType,
  UnionType,
} from '../plan/kit-plan.ts';
import { blanksOf, cheapDefault } from './emit-blanks.ts';
import { byReference, fillExpression, keyOf, type Place } from './fill-expression.ts';
import { rustType } from './rust-type.ts';
import { rustString, scalarLiteral, snakeName, typeName, variantName } from './spelling.ts';

/** Emits an implementation of `Decode` for each type. */
export const emitDecoders = (plan: KitPlan): string => {
  const blanks = blanksOf(plan.types);
  return [
    `//! Reads the types of the contract. Keys may come in any order. Everything else must match the contract exactly.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::fill::some;
use super::runtime::reader::{default_of, Decode, Key, Read, Reader, Scalar};
use super::runtime::{Json, Map};
use super::types::*;
`,
    ...plan.types.map(
      (type) => `impl Decode for ${typeName(type.words)} {
    fn blank() -> Self {
        ${blanks.get(type)}
    }

    #[inline(never)]
    fn fill(&mut self, reader: &mut Reader) -> Read<()> {
${bodyOf(type)}    }
}
`,
    ),
  ].join('\n');
};

const bodyOf = (type: NamedType): string => {
  if (type.kind === 'object') return fillObject(type);
  if (type.kind === 'tuple') return fillTuple(type);
  return type.kind === 'union' ? fillUnion(type) : fillEnum(type);
};

const inSelf = (name: string): Place => ({ value: `self.${name}`, reference: `&mut self.${name}` });

const inOption = (name: string): Place => byReference(`some(&mut self.${name})`);

const fillField = (field: FieldPlan): string => {
  const name = snakeName(field.words);
  return fillExpression(field.type, field.isOptional ? inOption(name) : inSelf(name));
};

const fillObject = (type: ObjectType): string => {
  const { fields } = type;
  if (fields.length === 0) return `        reader.object(&[], &mut |_, _| Ok(()))\n`;
  const keys = fields.map(
    (field) => `            ${keyOf(field.key, !field.isOptional && field.defaultJson === undefined)},\n`,
  );
  const late = fields.filter((field) => field.defaultJson !== undefined && cheapDefault(field) === undefined);
  const cases = fields.map((field, at) => {
    const fill = late.includes(field)
      ? `{\n                ${flagOf(field)} = true;\n                ${fillField(field)}\n            }`
      : fillField(field);
    return `            ${at === fields.length - 1 ? '_' : at} => ${fill}${fill.endsWith('}') ? '' : ','}\n`;
  });
  const read = `reader.object(KEYS, &mut |reader, key| match key {
${cases.join('')}        })`;
  const flags = late.map((field) => `        let mut ${flagOf(field)} = false;\n`);
  const defaults = late.map(
    (field) => `        if !${flagOf(field)} {
            default_of(${rustString(field.defaultJson ?? '')}, |reader| ${fillField(field)})?;
        }
`,
  );
  return `        const KEYS: &[Key] = &[
${keys.join('')}        ];
${flags.join('')}        ${late.length === 0 ? `${read}\n` : `${read}?;\n${defaults.join('')}        Ok(())\n`}`;
};

const flagOf = (field: FieldPlan): string => `has_${field.words.join('_')}`;

const fillTuple = (type: TupleType): string => {
  const { items, rest } = type;
  let place = 0;
  const cases = items.map((item, at) => {
    const fill = fillExpression(item, inSelf(String(place)));
    if (item.kind !== 'constant') place += 1;
    return `            ${at} => ${fill},\n`;
  });
  const last =
    rest === undefined
      ? 'Ok(())'
      : `{
                let mut value: ${rustType(rest)} = Decode::blank();
                ${fillExpression(rest, { value: 'value', reference: '&mut value' })}?;
                self.${place}.push(value);
                Ok(())
            }`;
  return `        reader.tuple(${items.length}, ${rest !== undefined}, &mut |reader, place| match place {
${cases.join('')}            _ => ${last},
        })
`;
};

/** Statements that read an option and store it. */
const fillOption = (type: UnionType, { words, type: option }: OptionPlan, indent: string): string => {
  const variant = `${typeName(type.words)}::${variantName(words)}`;
  if (option.kind === 'null') return `${indent}reader.null()?;\n${indent}*self = ${variant};\n`;
  const fill = fillExpression(option, { value: 'value', reference: '&mut value' });
  return `${indent}let mut value: ${rustType(option, type)} = Decode::blank();
${indent}*self = ${variant}({
${indent}    ${fill}?;
${indent}    value
${indent}});
`;
};

const fillUnion = (type: UnionType): string => {
  const { discriminator, options } = type;
  if (discriminator === undefined)
    return `${options
      .map(
        (option) => `        if reader.attempt(|reader| {
${fillOption(type, option, '            ')}            Ok(())
        })? {
            return Ok(());
        }
`,
      )
      .join('')}        reader.refuse("fits none of the kinds that the contract has")\n`;
  const tags = options.flatMap((option) => option.tags);
  const cases = options.map((option, at) => {
    const places = option.tags.map((tag) => tags.indexOf(tag));
    return `            ${at === options.length - 1 ? '_' : places.join(' | ')} => {
${fillOption(type, option, '                ')}            }
`;
  });
  return `        match reader.tag(${rustString(discriminator)}, &[${tags.map(scalarLiteral).join(', ')}])? {
${cases.join('')}        }
        Ok(())
`;
};

const fillEnum = (type: EnumType): string => {
  const cases = type.values.map(
    ({ words }, at) =>
      `            ${at === type.values.length - 1 ? '_' : at} => ${typeName(type.words)}::${variantName(words)},\n`,
  );
  return `        *self = match reader.choice(&[${type.values.map(({ value }) => scalarLiteral(value)).join(', ')}])? {
${cases.join('')}        };
        Ok(())
`;
};
