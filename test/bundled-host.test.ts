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
const outDir = mkdtempSync(join(cache, 'bundled-host-'));
afterAll(() => rmSync(outDir, { recursive: true, force: true }));

beforeAll(async () => {
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: true,
      outDir,
      minify: false,
      rolldownOptions: {
        input: {
          program: fileURLToPath(new URL('support/load-from-stdin.ts', import.meta.url)),
          'load-worker': fileURLToPath(
            new URL('../packages/runtime/src/prepare/load-worker.ts', import.meta.url),
          ),
        },
        output: { entryFileNames: '[name].js' },
      },
    },
    ssr: {
      noExternal: [/^@plugwire\//],
      resolve: { conditions: ['@plugwire/source', ...defaultServerConditions] },
    },
  });
});

const run = async (...flags: string[]): Promise<unknown> => {
  const input = await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'Moin' }) } });
  const child = spawnSync(process.execPath, ['--no-warnings', ...flags, join(outDir, 'program.js')], {
    input,
  });
  expect(child).toMatchObject({ status: 0, stderr: Buffer.alloc(0) });
  return JSON.parse(child.stdout.toString());
};

const LOADED = { outcome: { kind: 'ok', response: { text: 'Moin' } }, cut: 'not_wasm' };

describe('a host in a bundle', () => {
  it('loads in a thread if the worker file is beside the bundle, and exits by itself', async () => {
    expect(await run()).toMatchObject({ ...LOADED, hasThread: true });
  });

  it('loads in the main thread if code generation from strings is not allowed', async () => {
    expect(await run('--disallow-code-generation-from-strings')).toMatchObject(LOADED);
  });

  it('loads with the same result without the worker file', async () => {
    rmSync(join(outDir, 'load-worker.js'));
    expect(await run()).toMatchObject({ ...LOADED, hasThread: false });
  });
});
