import type { HostFunctionPlan, HostValuePlan, KitPlan } from '../plan/kit-plan.ts';
import type { CodecFunctions } from './codec-functions.ts';
import { emitImports } from './emit-imports.ts';
import { createReadFunctions, readValue } from './emit-readers.ts';
import { createWriteFunctions, writeValue } from './emit-writers.ts';
import { byteLiteral, camelCase, comment, pascalCase } from './names.ts';
import { typeName } from './type-names.ts';

const HOST_HEAD =
  '// The functions of the host that the plugin may call. The module imports only those that it calls.\n';

/** Emits the functions of the host that the plugin may call, as `host.…`. */
export const emitHost = (plan: KitPlan): string => {
  const readers = createReadFunctions(plan);
  const writers = createWriteFunctions(plan);
  const functions = plan.hostFunctions.map((each) => emitFunction(each, readers, writers));
  const body = [
    ...plan.hostFunctions.map(emitImport),
    `${functions.length === 0 ? '' : '\n'}export namespace host {${functions.length === 0 ? '' : `\n${functions.join('\n')}`}}\n`,
    ...[readers.emit(), writers.emit()].filter((text) => text !== ''),
  ].join('\n');
  return `${HOST_HEAD}\n${emitImports(plan, body, [])}\n${body}`;
};

const importName = ({ words }: HostFunctionPlan): string => `import${pascalCase(words)}`;

const emitImport = (plan: HostFunctionPlan): string => {
  const parameters = plan.parameters.map(({ kind }, at) => `argument${at + 1}: ${wireName(kind)}`);
  const result = plan.result === undefined ? 'void' : wireName(plan.result.kind);
  return `@external(${JSON.stringify(plan.namespace)}, ${JSON.stringify(plan.name)}) declare function ${importName(plan)}(${parameters.join(', ')}): ${result};`;
};

/** Numbers of WebAssembly are passed as they are. All other values are passed in blocks of memory, by their handles. */
const isNumber = (kind: string): boolean => /^[iuf](?:32|64)$/.test(kind);
const wireName = (kind: string): string => (isNumber(kind) ? kind : 'u64');

const valueName = ({ kind, type }: HostValuePlan): string => {
  if (type !== undefined) return typeName(type);
  if (kind.endsWith('-block')) return kind.slice(0, -'-block'.length);
  const names: Readonly<Record<string, string>> = {
    text: 'Text',
    line: 'Text',
    bytes: 'Bytes',
    'text?': 'Text | null',
    'bytes?': 'Bytes | null',
  };
  return names[kind] ?? kind;
};

const emitFunction = (plan: HostFunctionPlan, readers: CodecFunctions, writers: CodecFunctions): string => {
  const name = camelCase(plan.words);
  const parameters = plan.parameters.map((each, at) => `argument${at + 1}: ${valueName(each)}`);
  const sends = plan.parameters.flatMap((each, at) => emitArgument(each, at + 1, name, writers));
  const handles = plan.parameters.flatMap(({ kind }, at) => (isNumber(kind) ? [] : [`block${at + 1}`]));
  const call = `${importName(plan)}(${plan.parameters.map(({ kind }, at) => `${isNumber(kind) ? 'argument' : 'block'}${at + 1}`).join(', ')})`;
  const lines = [
    ...sends,
    plan.result === undefined ? `${call};` : `const result = ${call};`,
    ...handles.map((handle) => `release(${handle});`),
    ...(plan.result === undefined ? [] : emitResult(plan.result, name, readers)),
  ];
  const result = plan.result === undefined ? 'void' : valueName(plan.result);
  return `${comment(plan.description, '  ')}  export function ${name}(${parameters.join(', ')}): ${result} {\n${lines.map((line) => `    ${line}\n`).join('')}  }\n`;
};

const emitArgument = (
  { kind, type }: HostValuePlan,
  at: number,
  name: string,
  writers: CodecFunctions,
): readonly string[] => {
  if (isNumber(kind)) return [];
  if (type !== undefined)
    return [
      `const json${at} = new Writer(256);`,
      `${writeValue(type, `argument${at}`, writers, `json${at}`)};`,
      `const block${at} = toBlock(json${at}.finish(${byteLiteral(`host.${name}, argument ${at}`)}));`,
      'orAbort();',
    ];
  if (kind.endsWith('-block'))
    return [`const block${at} = toNumberBlock<${valueName({ kind })}>(argument${at});`];
  return [
    `const block${at} = ${kind.endsWith('?') ? `argument${at} === null ? 0 : ` : ''}toBlock(argument${at});`,
  ];
};

const emitResult = (
  { kind, type }: HostValuePlan,
  name: string,
  readers: CodecFunctions,
): readonly string[] => {
  if (isNumber(kind)) return ['return result;'];
  if (type !== undefined)
    return [
      'const from = new Reader(fromBlock(result));',
      `const value = ${readValue(type, 'from', readers)};`,
      `from.finish(${byteLiteral(`host.${name}, result`)});`,
      'orAbort();',
      'return value;',
    ];
  if (kind.endsWith('-block')) return [`return fromNumberBlock<${valueName({ kind })}>(result);`];
  const read = kind.startsWith('text') ? 'Text.trust(fromBlock(result))' : 'fromBlock(result)';
  return [`return ${kind.endsWith('?') ? `result == 0 ? null : ` : ''}${read};`];
};
