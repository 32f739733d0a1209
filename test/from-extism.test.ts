import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/from-extism.md'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'plugwire-from-extism-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Program {
  readonly file: string;
  readonly code: string;
  /** The output that the page shows, in the next block. */
  readonly promised: string;
}

const programs: readonly Program[] = [
  ...page.matchAll(/^```js file=(\S+)\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm),
].map(([, file = '', code = '', promised = '']) => ({ file, code, promised }));

describe('the programs of docs/from-extism.md', () => {
  beforeAll(() => {
    symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'), 'dir');
    for (const { file, code } of programs) writeFileSync(join(scratch, file), code);
  });

  it('are all of its JavaScript blocks', () => {
    expect(programs.length).toBeGreaterThan(10);
    const blocks = page.match(/^```\w/gm) ?? [];
    const promises = programs.filter(({ promised }) => promised !== '');
    expect(blocks).toHaveLength(programs.length + promises.length);
  });

  // The worker's program is started by another one.
  it.each(programs.filter(({ file }) => file !== 'worker.mjs'))(
    'print the output on the page: $file',
    (program) => {
      const printed = execFileSync(process.execPath, ['--no-warnings', program.file], {
        cwd: scratch,
        encoding: 'utf8',
        timeout: 20_000,
      });
      expect(printed).toBe(program.promised);
    },
  );
});

describe('the tables of docs/from-extism.md', () => {
  const declarations = dirname(createRequire(import.meta.url).resolve('@extism/extism'));
  const read = (file: string): string => readFileSync(join(declarations, file), 'utf8');
  const types = read('interfaces.d.ts');

  /** Returns the body of a declaration, without its private members. */
  const bodyOf = (text: string, declaration: string): string => {
    const [, rest = ''] = text.split(`${declaration} {\n`);
    const [body = ''] = rest.split(/^\}/m);
    if (body === '') throw new Error(`Extism no longer has ${declaration}`);
    return body.replaceAll(/ {4}\/\*\* @hidden \*\/\n.*\n/g, '');
  };
  const membersOf = (text: string, declaration: string): string[] =>
    [...bodyOf(text, declaration).matchAll(/^ {4}(?:get |set )?(\w+)\??[(:<]/gm)].map(
      ([, name = '']) => name,
    );

  /** Returns the code in the first cells of a section's table. */
  const namesIn = (heading: string): string[] => {
    const [, rest = ''] = page.split(new RegExp(`^#+ ${heading}$`, 'm'));
    const [section = ''] = rest.split(/^#+ /m);
    return [...section.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
    );
  };

  const wasmKeys = ['Data', 'Url', 'Path', 'Response', 'Module'].flatMap((kind) =>
    membersOf(types, `export interface ManifestWasm${kind}`),
  );
  const native = /interface NativeManifestOptions extends Pick<ExtismPluginOptions, (.+?)>/.exec(types)?.[1];
  const sources = /export type ManifestLike = (.+);/.exec(types)?.[1];
  const exported = [...read('mod.d.ts').matchAll(/^export (?:type )?\{ (.+) \}/gm)].flatMap(([, list = '']) =>
    list.split(', ').map((item) => item.replace(/^type |^.+ as /, '').replace(/,$/, '')),
  );

  it.each<[string, readonly string[]]>([
    ['Options', membersOf(types, 'export interface ExtismPluginOptions')],
    ['Memory options', membersOf(types, 'export type MemoryOptions =')],
    ['Sources', sources?.split(' | ') ?? []],
    ['Manifest keys', ['wasm', ...(native?.match(/\w+(?=')/g) ?? [])]],
    ['Modules of a manifest', [...wasmKeys, 'name', 'hash']],
    ['Plugin', membersOf(types, 'export interface Plugin')],
    ['PluginOutput', membersOf(types, 'export declare class PluginOutput extends DataView')],
    ['CallContext', [...new Set(membersOf(read('call-context.d.ts'), 'export declare class CallContext'))]],
    ['Exports', [...exported, 'createPlugin', 'default']],
  ])('list everything that Extism declares, and nothing else: %s', (heading, declared) => {
    expect(declared.length).toBeGreaterThan(2);
    expect(namesIn(heading).toSorted()).toEqual(declared.toSorted());
  });
});
