import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, it } from 'vitest';

import { makeFolder } from '../testing/files.ts';
import { runCommand } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

const root = fileURLToPath(new URL('../../../..', import.meta.url));

const CONTRACT = `
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';
export const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({}),
  sample: { request: {}, response: {} },
});
`;

const writePackage = (name: string, files: Readonly<Record<string, string>>): void => {
  const path = join(folder.path, 'node_modules', name);
  mkdirSync(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) writeFileSync(join(path, file), content);
};

const exportNames = async (file: string): Promise<unknown> => {
  const { code, stdout, stderr } = await runCommand(['contract', 'export', file]);
  if (code !== 0) return stderr.replaceAll('\n', ' ');
  return (JSON.parse(stdout) as { contracts: { name: string }[] }).contracts.map(({ name }) => name);
};

it('loads contracts from a folder without installed packages', async () => {
  expect(await exportNames(folder.write('alone.ts', CONTRACT))).toEqual(['greet']);
});

it('loads contracts from lists and objects, each once', async () => {
  const file = folder.write('nested.ts', `${CONTRACT}\nexport default { all: [{ greet }, greet] };`);
  expect(await exportNames(file)).toEqual(['greet']);
});

it('loads contracts from a package that has its own copy of @plugwire/wire', async () => {
  cpSync(join(root, 'packages/wire/dist'), join(folder.path, 'node_modules/@plugwire/wire/dist'), {
    recursive: true,
  });
  cpSync(
    join(root, 'packages/wire/package.json'),
    join(folder.path, 'node_modules/@plugwire/wire/package.json'),
  );
  for (const name of ['zod', '@noble/hashes']) {
    const link = join(folder.path, 'node_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(root, 'node_modules', name), link);
  }
  writePackage('company-contracts', {
    'package.json': '{ "name": "company-contracts", "type": "module", "exports": "./index.js" }',
    'index.js': CONTRACT,
  });
  expect(await exportNames(folder.write('re-exports.ts', "export * from 'company-contracts';"))).toEqual([
    'greet',
  ]);
});

it('reports contracts that another copy of @plugwire/wire defined', async () => {
  const file = folder.write(
    'looks.ts',
    'export const greet = { name: "greet", fallback: "silent_skip", versions: [1] };',
  );
  expect(await exportNames(file)).toContain('another copy of @plugwire/wire');
});
