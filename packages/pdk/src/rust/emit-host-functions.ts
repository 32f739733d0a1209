import type { HostFunctionPlan, HostValuePlan, KitPlan } from '../plan/kit-plan.ts';
import { writeExpression } from './emit-encoders.ts';
import { fillExpression } from './fill-expression.ts';
import { rustType } from './rust-type.ts';
import { docLines, rustString, snakeName } from './spelling.ts';

/** Emits the host functions that the plugin may call. */
export const emitHostFunctions = (plan: KitPlan): string => {
  const functions = plan.hostFunctions;
  return `//! The functions of the host. Do not call them during handshake and self-check.

use super::runtime::alloc::{boxed::Box, string::String, vec::Vec};
use super::runtime::extism::Block;
use super::runtime::reader::{Decode, Key, Reader, Scalar};
use super::runtime::writer::{Encode, Writer};
use super::runtime::{Error, Json, Map};
use super::types::*;

#[cfg(target_arch = "wasm32")]
mod imports {
${functions.map(emitImport).join('')}}

/// Outside of WebAssembly, as in \`cargo test\`, there is no host.
#[cfg(not(target_arch = "wasm32"))]
mod imports {
${functions.map(emitStandIn).join('')}}
${functions.map(emitFunction).join('')}`;
};

const RAW = new Set(['i32', 'u32', 'i64', 'u64', 'f32', 'f64']);

const isRaw = ({ kind }: HostValuePlan): boolean => RAW.has(kind);

const wasmType = (value: HostValuePlan): string => (isRaw(value) ? value.kind : 'u64');

const signatureOf = ({ words, parameters, result }: HostFunctionPlan): string => {
  const list = parameters.map((parameter, at) => `argument${at + 1}: ${wasmType(parameter)}`);
  return `${snakeName(words)}(${list.join(', ')})${result === undefined ? '' : ` -> ${wasmType(result)}`}`;
};

const emitImport = (
  plan: HostFunctionPlan,
): string => `    #[link(wasm_import_module = ${rustString(plan.namespace)})]
    extern "C" {
        #[link_name = ${rustString(plan.name)}]
        pub fn ${signatureOf(plan)};
    }
`;

const emitStandIn = (plan: HostFunctionPlan): string => {
  const list = plan.parameters.map((parameter, at) => `_argument${at + 1}: ${wasmType(parameter)}`);
  const result = plan.result === undefined ? '' : ` -> ${wasmType(plan.result)}`;
  return `    pub unsafe fn ${snakeName(plan.words)}(${list.join(', ')})${result} {
        panic!(${rustString(`${plan.name} needs a host`)})
    }
`;
};

const isBlock = ({ kind }: HostValuePlan): boolean => kind.endsWith('-block');

const numberOf = ({ kind }: HostValuePlan): string => kind.replace('-block', '');

const parameterType = (value: HostValuePlan): string => {
  if (value.type !== undefined) return `&${rustType(value.type)}`;
  if (isRaw(value)) return value.kind;
  if (isBlock(value)) return numberOf(value);
  const content = value.kind.startsWith('bytes') ? '&[u8]' : '&str';
  return value.kind.endsWith('?') ? `Option<${content}>` : content;
};

const resultType = (value: HostValuePlan): string => {
  if (value.type !== undefined) return rustType(value.type);
  if (isRaw(value)) return value.kind;
  if (isBlock(value)) return numberOf(value);
  const content = value.kind.startsWith('bytes') ? 'Vec<u8>' : 'String';
  return value.kind.endsWith('?') ? `Option<${content}>` : content;
};

/** Lines that write an argument to a block of memory, if it is passed in one. */
const prepare = (value: HostValuePlan, name: string, where: string): string => {
  if (isRaw(value)) return '';
  if (value.type !== undefined)
    return `    let ${name} = {
        let value = ${name};
        Block::new(Writer::write(${rustString(where)}, None, |writer| ${writeExpression(value.type)})?.as_bytes())
    };
`;
  const made = (content: string): string => `    let ${name} = ${content};\n`;
  if (value.kind === 'bool-block') return made(`Block::new(&[u8::from(${name})])`);
  if (isBlock(value)) return made(`Block::new(&${name}.to_le_bytes())`);
  const bytes = value.kind.startsWith('bytes') ? '' : '.as_bytes()';
  return value.kind.endsWith('?')
    ? made(`${name}.map(|content| Block::new(content${bytes}))`)
    : made(`Block::new(${name}${bytes})`);
};

const passed = (value: HostValuePlan, name: string): string => {
  if (isRaw(value)) return name;
  return value.type === undefined && value.kind.endsWith('?')
    ? `${name}.as_ref().map_or(0, Block::handle)`
    : `${name}.handle()`;
};

/** An expression that reads the result from the handle `result`. */
const taken = (value: HostValuePlan, where: string): string => {
  if (isRaw(value)) return 'result';
  const block = 'Block::from_handle(result)';
  if (value.type !== undefined)
    return `{
        let text = ${block}.map_or_else(String::new, |block| block.text());
        Reader::read(&text, ${rustString(where)}, None, |reader| {
            let mut value: ${rustType(value.type)} = Decode::blank();
            ${fillExpression(value.type, { value: 'value', reference: '&mut value' })}?;
            Ok(value)
        })?
    }`;
  if (value.kind === 'bool-block') return `${block}.map_or(false, |block| block.number::<1>() != [0])`;
  if (isBlock(value)) {
    const width = value.kind.includes('64') ? 8 : 4;
    const number = numberOf(value);
    return `${block}.map_or(${number.startsWith('f') ? '0.0' : '0'}, |block| ${number}::from_le_bytes(block.number::<${width}>()))`;
  }
  const content = value.kind.startsWith('bytes') ? 'bytes' : 'text';
  return value.kind.endsWith('?')
    ? `${block}.map(|block| block.${content}())`
    : `${block}.map_or_else(${content === 'bytes' ? 'Vec::new' : 'String::new'}, |block| block.${content}())`;
};

const emitFunction = (plan: HostFunctionPlan): string => {
  const { parameters, result } = plan;
  const names = parameters.map((_, at) => `argument${at + 1}`);
  const list = parameters.map((parameter, at) => `argument${at + 1}: ${parameterType(parameter)}`);
  const canFail = [...parameters, ...(result === undefined ? [] : [result])].some(
    ({ type }) => type !== undefined,
  );
  const type = result === undefined ? '()' : resultType(result);
  const returned = canFail ? `Result<${type}, Error>` : type;
  const call = `unsafe { imports::${snakeName(plan.words)}(${parameters.map((parameter, at) => passed(parameter, names[at] ?? '')).join(', ')}) }`;
  const value = result === undefined ? '()' : taken(result, `${plan.words.join('_')}, result`);
  return `
${docLines(plan.description, '')}pub fn ${snakeName(plan.words)}(${list.join(', ')})${returned === '()' ? '' : ` -> ${returned}`} {
${parameters.map((parameter, at) => prepare(parameter, names[at] ?? '', `${plan.words.join('_')}, argument ${at + 1}`)).join('')}${
    result === undefined ? `    ${call};\n` : `    let result = ${call};\n`
  }${value === '()' && !canFail ? '' : `    ${canFail ? `Ok(${value})` : value}\n`}}
`;
};
