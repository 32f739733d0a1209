import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { hasClang } from '../packages/pdk/src/c/testing/build-c-plugin.ts';
import { hasGo } from '../packages/pdk/src/go/testing/build-go-plugin.ts';
import { hasRust } from '../packages/pdk/src/rust/testing/build-rust-plugin.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/write-a-plugin.md'), 'utf8');
const scratch = mkdtempSync(join(tmpdir(), 'plugwire-tutorial-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Block {
  readonly info: string;
  readonly text: string;
}
const blocks: readonly Block[] = [...page.matchAll(/^```(.+)\n([\s\S]*?)^```$/gm)].map(
  ([, info = '', text = '']) => ({ info, text }),
);

const LANGUAGES = [
  ['assemblyscript', true],
  ['c', hasClang],
  ['go', hasGo],
  ['rust', hasRust],
] as const;

/** Node 20 does not read TypeScript, so the hooks of the tests remove the types. */
const HOOKS = `--import ${join(root, 'test/support/typescript.mjs')}`;

/** Follows the page from its first block to its last, and checks each output that it shows. */
const follow = (language: string): void => {
  const folder = join(scratch, language);
  mkdirSync(folder);
  let cwd = folder;
  let printed = '';
  const lendModules = (to: string): void => symlinkSync(join(root, 'node_modules'), join(to, 'node_modules'));
  const run = (script: string): void => {
    const commands = script
      .replaceAll('LANGUAGE', language)
      // Uses the packages of the repository instead of installing them.
      .replaceAll(/^npm install.*$/gm, '[ -e node_modules ] || ln -s "$MODULES" node_modules')
      .replace(/^node host\.ts$/m, `node ${HOOKS} host.ts`);
    printed = execFileSync('sh', ['-ec', `${commands}\npwd > "$HERE"`], {
      cwd,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        MODULES: join(root, 'node_modules'),
        HERE: join(folder, '.here'),
        NODE_OPTIONS: '',
      },
    });
    cwd = readFileSync(join(folder, '.here'), 'utf8').trim();
  };
  lendModules(folder);
  for (const { info, text } of blocks) {
    const file = / file=(\S+)/.exec(info)?.[1];
    const [of, ...rest] = file?.split('/') ?? [];
    if (file !== undefined && rest.length === 0) writeFileSync(join(folder, file), text);
    else if (of === language) {
      mkdirSync(dirname(join(folder, 'invert', ...rest)), { recursive: true });
      writeFileSync(join(folder, 'invert', ...rest), text);
    } else if (/ run(=each)?$/.test(info)) run(text);
    else if (info.endsWith(' answer'))
      for (const line of text.trim().split('\n')) expect(printed).toContain(line);
  }
  expect(printed).toContain('filter_image 2 was added');
};

describe('docs/write-a-plugin.md', () => {
  for (const [language, isHere] of LANGUAGES)
    it.skipIf(!isHere)(`leads to a working plugin in ${language}`, { timeout: 300_000 }, () =>
      follow(language),
    );

  it('shows a handler in each language', () => {
    for (const [language] of LANGUAGES)
      expect(blocks.some(({ info }) => info.includes(`file=${language}/`))).toBe(true);
  });
});
