import type { KitPlan, VersionPlan } from '../../plan/kit-plan.ts';
import { isKept } from '../rust-type.ts';
import { snakeName, typeName, variantName } from '../spelling.ts';

/** Returns the source of a plugin whose handlers return their requests. Requests and responses must have the same shape. */
export const echoSource = (plan: KitPlan): string => `#![cfg_attr(target_arch = "wasm32", no_std)]
mod kit;
use kit::*;
${plan.functions.flatMap(({ versions }) => versions.map(echo)).join('')}`;

const echo = ({ words, request, response }: VersionPlan): string => `
fn ${snakeName(words)}(request: ${typeName(request.words)}) -> Result<${typeName(response.words)}, Error> {
${bodyOf({ request, response })}}
`;

const bodyOf = ({ request, response }: Pick<VersionPlan, 'request' | 'response'>): string => {
  const [from, to] = [typeName(request.words), typeName(response.words)];
  if (request.kind === 'object' && response.kind === 'object') {
    const fields = response.fields
      .filter(isKept)
      .map((field) => `        ${snakeName(field.words)}: request.${snakeName(field.words)},\n`);
    return `    Ok(${to} {\n${fields.join('')}    })\n`;
  }
  if (request.kind !== 'union') throw new Error(`no echo of ${request.kind}`);
  const cases = request.options.map(
    (option) =>
      `        ${from}::${variantName(option.words)}(value) => ${to}::${variantName(option.words)}(value),\n`,
  );
  return `    Ok(match request {\n${cases.join('')}    })\n`;
};
