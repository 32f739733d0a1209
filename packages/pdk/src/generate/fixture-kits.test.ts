import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { defineWireFunction, describeContracts, writeDescription } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateKit, kitFolder } from './generate-kit.ts';
import type { KitFile } from '../kit/kit.ts';
import type { KitOptions } from '../plan/plan-kit.ts';
import { MANIFEST_FILE, type PluginManifest, readManifest } from './plugin-manifest.ts';

const PLUGINS = fileURLToPath(new URL('../../../pdk-fixtures/plugins', import.meta.url));
const CONTRACTS = join(PLUGINS, 'shared/contracts');

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

const CONTRACTS_OF_FILE = new Map([
  ['greet.json', describeContracts([greet])],
  ['load-balancer.json', describeContracts(loadBalancerFunctions)],
]);

/** The fixtures that use a kit. */
const fixtures = readdirSync(PLUGINS).filter((name) => existsSync(join(PLUGINS, name, MANIFEST_FILE)));

const manifestOf = (fixture: string): PluginManifest =>
  readManifest(readFileSync(join(PLUGINS, fixture, MANIFEST_FILE), 'utf8'));

const kitOf = ({ name, version, contracts, ...rest }: PluginManifest): readonly KitFile[] => {
  const described = CONTRACTS_OF_FILE.get(basename(contracts));
  return described === undefined
    ? []
    : generateKit({ contracts: described, plugin: { name, version }, ...rest } as KitOptions);
};

// To update contracts and kits: `npx vitest run packages/pdk/src/generate/fixture-kits.test.ts --update`. Then build the plugins again.
describe('fixtures that use a kit', () => {
  it.each([...CONTRACTS_OF_FILE])('have an up-to-date contracts file: %s', async (file, contracts) => {
    await expect(writeDescription(contracts)).toMatchFileSnapshot(join(CONTRACTS, file));
  });

  it.each(fixtures)('have an up-to-date kit: %s', async (fixture) => {
    const manifest = manifestOf(fixture);
    const files = kitOf(manifest);
    for (const { path, text } of files) await expect(text).toMatchFileSnapshot(join(PLUGINS, fixture, path));
    const folder = kitFolder(manifest.language);
    const held = readdirSync(join(PLUGINS, fixture, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(join(PLUGINS, fixture), join(entry.parentPath, entry.name)));
    expect(held.filter((path) => !files.some((file) => file.path === path))).toEqual([]);
  });
});
