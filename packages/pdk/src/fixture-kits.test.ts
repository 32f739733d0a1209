import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

import { toolchainPluginUrl } from '@plugwire/pdk-fixtures';
import { readDescription } from '@plugwire/wire';
import { expect, it } from 'vitest';

import { generateKit, kitFolder } from './generate-kit.ts';
import { MANIFEST_FILE, readManifest } from './plugin-manifest.ts';

const PLUGINS = fileURLToPath(new URL('../', toolchainPluginUrl('greet-c')));
const made = readdirSync(PLUGINS).filter((name) => existsSync(join(PLUGINS, name, MANIFEST_FILE)));

it.each(made)('the kit of %s is the one that is generated now', (name) => {
  const folder = join(PLUGINS, name);
  const manifest = readManifest(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
  const { contracts, name: own, version, ...options } = manifest;
  const kit = generateKit({
    ...options,
    contracts: readDescription(readFileSync(join(folder, contracts), 'utf8')),
    plugin: { name: own, version },
  });
  const committed = readdirSync(join(folder, kitFolder(manifest.language)), {
    recursive: true,
    withFileTypes: true,
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  expect(committed.toSorted()).toEqual(kit.map(({ path }) => join(folder, path)).toSorted());
  for (const { path, text } of kit)
    expect([path, readFileSync(join(folder, path), 'utf8')]).toEqual([path, text]);
});
