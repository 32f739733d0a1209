import type { HostFunctionPlan, HostValuePlan, KitPlan } from '../plan/kit-plan.ts';
import { type CodecFunctions, createCodecFunctions } from './codec-functions.ts';
import { emitTypeImports, readValue } from './emit-readers.ts';
import { writeValue } from './emit-writers.ts';
import { byteLiteral, camelCase, comment, pascalCase } from './names.ts';
import { typeName } from './type-names.ts';

/** The functions of the host that the plugin may call, as `host.…`. */
export const emitHost = (plan: KitPlan): string => {
  if (plan.hostFunctions.length === 0)
    return '// The plugin asks for no capability, so there is no function of the host to call.\n\nexport namespace host {}\n';
  const names = plan.types.map((type) => pascalCase(type.words));
  const taken = [...names, 'Entries', 'List', 'Nullable', 'NullableSome'];
  const readers = createCodecFunctions(
    'read',
    taken,
    (name, type) =>
      `function ${name}(from: Reader): ${typeName(type)} {\n  return ${readValue(type, 'from', readers)};\n}\n`,
  );
  const writers = createCodecFunctions(
    'write',
    taken,
    (name, type) =>
      `function ${name}(to: Writer, value: ${typeName(type)}): void {\n  ${writeValue(type, 'value', writers)};\n}\n`,
  );
  const functions = plan.hostFunctions.map((each) => emitFunction(each, readers, writers));
  const codecs = (verb: string): string => names.map((name) => `  ${verb}${name},\n`).join('');
  return [
    '// The functions of the host that the plugin may call. One that is not called is not imported.\n',
    names.length === 0 ? '' : `import {\n${codecs('read')}} from './read';`,
    "import { Bytes } from './runtime/bytes';",
    "import { Entries } from './runtime/entries';",
    "import { release } from './runtime/extism';",
    "import { orAbort } from './runtime/failure';",
    "import { Json } from './runtime/json';",
    "import { Reader } from './runtime/json-reader';",
    "import { Writer } from './runtime/json-writer';",
    "import { fromBlock, fromNumberBlock, toBlock, toNumberBlock } from './runtime/memory';",
    "import { readEntries, readList, readNullable, readNullableSome } from './runtime/read-parts';",
    "import { Null, Some } from './runtime/some';",
    "import { Text } from './runtime/text';",
    "import { writeEntries, writeList, writeNullable, writeNullableSome } from './runtime/write-parts';",
    emitTypeImports(plan),
    names.length === 0 ? '' : `import {\n${codecs('write')}} from './write';\n`,
    ...plan.hostFunctions.map(emitImport),
    '',
    `export namespace host {\n${functions.join('\n')}}\n`,
    readers.emit(),
    writers.emit(),
  ].join('\n');
};

const importName = ({ words }: HostFunctionPlan): string => `import${pascalCase(words)}`;

const emitImport = (plan: HostFunctionPlan): string => {
  const parameters = plan.parameters.map(({ kind }, at) => `argument${at + 1}: ${wireName(kind)}`);
  const result = plan.result === undefined ? 'void' : wireName(plan.result.kind);
  return `@external(${JSON.stringify(plan.namespace)}, ${JSON.stringify(plan.name)}) declare function ${importName(plan)}(${parameters.join(', ')}): ${result};`;
};

/** Kinds that are wasm’s own numbers travel as they are, all others in blocks behind handles. */
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
      `${writeValue(type, `argument${at}`, writers).replaceAll(/\bto\b(?=[.,])/g, `json${at}`)};`,
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
