import type { KitPlan } from '../plan/kit-plan.ts';
import { pascalCase } from './names.ts';

/** The modules that generated files may import, and the names that they export. */
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

/** Returns the names that a source uses. Words in literals and comments count too, which is harmless. */
export const usedNames = (text: string, names: readonly string[]): readonly string[] => {
  const words = new Set(text.match(/\w+/g));
  return names.filter((name) => words.has(name));
};

/** Emits the imports of a generated file: only the names that its text uses. Modules in `own` are not imported. */
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

/** Emits an import, on several lines if it is long. Returns an empty text if there are no names. */
export const emitImport = (module: string, names: readonly string[]): string => {
  if (names.length === 0) return '';
  const line = `import { ${names.join(', ')} } from '${module}';\n`;
  return line.length <= 121
    ? line
    : `import {\n${names.map((name) => `  ${name},\n`).join('')}} from '${module}';\n`;
};
