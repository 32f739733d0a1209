import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build, defaultServerConditions } from 'vite';

// Inside the repository, so that imports of the program are found.
const cache = fileURLToPath(new URL('../node_modules/.cache/', import.meta.url));
mkdirSync(cache, { recursive: true });
const outDir = mkdtempSync(join(cache, 'without-code-generation-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: fileURLToPath(new URL('support/dispatch-from-stdin.ts', import.meta.url)),
      outDir,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'program.mjs' } },
    },
    ssr: {
      noExternal: [/^@plugwire\//],
      resolve: { conditions: ['@plugwire/source', ...defaultServerConditions] },
    },
  });
});

/** Returns its input as the error text. */
const quote = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');

interface Said {
  readonly canGenerate: boolean;
  readonly outcomes: readonly { readonly error: { readonly message: string } }[];
}

const run = async (...flags: string[]): Promise<Said> => {
  const input = await buildPlugin({ functions: { escaped_key: quote, plain_keys: quote } });
  const child = spawnSync(process.execPath, ['--no-warnings', ...flags, join(outDir, 'program.mjs')], {
    input,
  });
  expect(child).toMatchObject({ status: 0, stderr: Buffer.alloc(0) });
  return JSON.parse(child.stdout.toString()) as Said;
};

describe('without code generation from strings', () => {
  it('contracts work and plugins get the same bytes', async () => {
    const [free, forbidden] = [await run(), await run('--disallow-code-generation-from-strings')];
    expect([free.canGenerate, forbidden.canGenerate]).toStrictEqual([true, false]);
    expect(forbidden.outcomes).toStrictEqual(free.outcomes);
    expect(free.outcomes).toHaveLength(8);
    for (const { error } of free.outcomes) expect(error.message).toMatch(/: \{"url":".*,"_v":1\}$/);
  });
});
