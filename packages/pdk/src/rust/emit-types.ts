import type { EnumType, KitPlan, NamedType, ObjectType, TupleType, UnionType } from '../plan/kit-plan.ts';
import { isKept, rustType } from './rust-type.ts';
import { docLines, rustString, snakeName, typeName, variantName } from './spelling.ts';

/** Emits the types of the contract: structs, and enums for unions and literals. */
export const emitTypes = (plan: KitPlan): string =>
  [
    '//! The types of the contract.\n\nuse super::runtime::{Json, Map};\nuse super::runtime::alloc::{boxed::Box, string::String, vec::Vec};\n',
    ...plan.types.map(emitType),
  ].join('\n');

const emitType = (type: NamedType): string => {
  const refined = type.isRefined ? '\n\nThe host checks more than the type says.' : '';
  const description = `${type.description ?? ''}${refined}`.trim();
  const doc = docLines(description === '' ? undefined : description, '');
  if (type.kind === 'object') return doc + emitObject(type);
  if (type.kind === 'tuple') return doc + emitTuple(type);
  return doc + (type.kind === 'union' ? emitUnion(type) : emitEnum(type));
};

const DERIVE = '#[derive(Clone, Debug, PartialEq)]\n';

const emitObject = (type: ObjectType): string => {
  const fields = type.fields.filter(isKept).map((field) => {
    const inner = rustType(field.type, type);
    return `${docLines(field.description, '    ')}    pub ${snakeName(field.words)}: ${field.isOptional ? `Option<${inner}>` : inner},\n`;
  });
  return fields.length === 0
    ? `${DERIVE}pub struct ${typeName(type.words)} {}\n`
    : `${DERIVE}pub struct ${typeName(type.words)} {\n${fields.join('')}}\n`;
};

const emitTuple = (type: TupleType): string => {
  const items = type.items
    .filter((item) => item.kind !== 'constant')
    .map((item) => `pub ${rustType(item, type)}`);
  if (type.rest !== undefined) items.push(`pub Vec<${rustType(type.rest)}>`);
  return `${DERIVE}pub struct ${typeName(type.words)}(${items.join(', ')});\n`;
};

const emitUnion = (type: UnionType): string => {
  const variants = type.options.map(({ words, type: option }) => {
    const inner = rustType(option, type);
    return `    ${variantName(words)}${inner === '()' ? '' : `(${inner})`},\n`;
  });
  return `${DERIVE}pub enum ${typeName(type.words)} {\n${variants.join('')}}\n`;
};

const emitEnum = (type: EnumType): string => {
  const name = typeName(type.words);
  const variants = type.values.map(({ words }) => `    ${variantName(words)},\n`);
  const values = type.values.map(
    ({ words, value }) =>
      `            ${name}::${variantName(words)} => ${rustString(typeof value === 'string' ? value : JSON.stringify(value))},\n`,
  );
  return `#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ${name} {
${variants.join('')}}

impl ${name} {
    /// The value as text.
    pub const fn as_str(self) -> &'static str {
        match self {
${values.join('')}        }
    }
}
`;
};
