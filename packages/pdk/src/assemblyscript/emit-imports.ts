import type { KitPlan } from '../plan/kit-plan.ts';
import { pascalCase } from './names.ts';

/** The modules that hold what a generated file may use, and their names. */
const RUNTIME: Readonly<Record<string, readonly string[]>> = {
  './runtime/bytes': ['Bytes'],
  './runtime/call': ['beginCall', 'endCall'],
  './runtime/entries': ['Entries'],
  './runtime/extism': ['release'],
  './runtime/failure': ['fail', 'hasFailed', 'orAbort'],
  './runtime/handshake': ['answerHandshake'],
  './runtime/json': ['Json'],
  './runtime/json-reader': ['Reader'],
  './runtime/json-writer': ['Writer'],
  './runtime/memory': ['fromBlock', 'fromNumberBlock', 'toBlock', 'toNumberBlock'],
  './runtime/read-parts': ['readEntries', 'readList', 'readNullable', 'readNullableSome'],
  './runtime/self-check': ['answerSelfCheck', 'checkSample'],
  './runtime/some': ['Null', 'Some'],
  './runtime/text': ['ofEntries', 'ofLiteral', 'Text'],
  './runtime/write-parts': ['writeEntries', 'writeList', 'writeNullable', 'writeNullableSome'],
};

/** The names that a text uses. What stands in literals and comments may count too, which does no harm. */
export const usedNames = (text: string, names: readonly string[]): readonly string[] => {
  const words = new Set(text.match(/\w+/g));
  return names.filter((name) => words.has(name));
};

/** What a generated file imports: of the runtime and of the files beside it, only what it uses. `own` are the files that it is or makes. */
export const emitImports = ({ types }: KitPlan, text: string, own: readonly string[]): string => {
  const names = types.map((type) => pascalCase(type.words));
  const beside: Readonly<Record<string, readonly string[]>> = {
    './read': names.map((name) => `read${name}`),
    './types': names,
    './write': names.map((name) => `write${name}`),
  };
  const modules = Object.entries({ ...RUNTIME, ...beside })
    .filter(([module]) => !own.includes(module))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return modules
    .map(([module, exported]) => emitImport(module, usedNames(text, exported).toSorted()))
    .join('');
};

/** An import on one line, or on several if it is long. */
export const emitImport = (module: string, names: readonly string[]): string => {
  if (names.length === 0) return '';
  const line = `import { ${names.join(', ')} } from '${module}';\n`;
  return line.length <= 121
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${module}';\n`;
};
