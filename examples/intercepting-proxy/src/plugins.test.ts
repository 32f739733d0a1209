import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { generateKit, readManifest } from '@plugwire/pdk';
import { samplePlugin } from '@plugwire/testing';
import { describeContracts, writeDescription } from '@plugwire/wire';
import { interceptFunctions } from '@plugwire/wire/intercept';
import { describe, expect, it } from 'vitest';

import { EXAMPLE_PLUGINS, examplePluginUrl } from './proxy-plugins.ts';
import { openProxy, readAll, startTcpServer } from './testing/proxy-test.ts';

interface Recorded {
  readonly wasmSha256: string;
  readonly sourcesSha256: Readonly<Record<string, string>>;
}

const contracts = describeContracts(interceptFunctions);
const folderOf = (name: string): string => fileURLToPath(new URL(`../plugins/${name}/`, import.meta.url));
const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

// If these tests fail, run `node examples/intercepting-proxy/plugins/build.mjs`. It writes the contracts, kits and modules.
describe.each(EXAMPLE_PLUGINS)('the plugin %s', (name) => {
  const folder = folderOf(name);
  const record = JSON.parse(readFileSync(join(folder, 'plugin.json'), 'utf8')) as Recorded;

  it('is built from the committed sources', () => {
    const files = readdirSync(join(folder, 'assembly'), { recursive: true, encoding: 'utf8' })
      .map((file) => `assembly/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.(ts|mjs)$/.test(file));
    const hashes = files.map((file) => [file, sha256(join(folder, file))] as const);
    expect(Object.fromEntries(hashes)).toStrictEqual(record.sourcesSha256);
    expect(sha256(fileURLToPath(examplePluginUrl(name)))).toBe(record.wasmSha256);
  });

  it('has a kit that is up to date', () => {
    const manifest = readManifest(readFileSync(join(folder, 'plugwire.json'), 'utf8'));
    const { name: plugin, version, contracts: file, ...rest } = manifest;
    expect(readFileSync(join(folder, file), 'utf8')).toBe(writeDescription(contracts));
    for (const { path, text } of generateKit({ contracts, plugin: { name: plugin, version }, ...rest })) {
      expect(existsSync(join(folder, path)), path).toBe(true);
      expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
    }
  });
});

it('a plugin that returns the samples of the contracts carries a stream', async () => {
  const upstream = await startTcpServer((socket) => socket.pipe(socket));
  const source = await samplePlugin(interceptFunctions);
  const test = await openProxy([{ source }], { listeners: [{ upstream }] });
  const client = await test.stream();
  client.end('abc');
  expect(await readAll(client)).toBe('abc');
});
