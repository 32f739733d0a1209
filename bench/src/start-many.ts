/**
 * `npm run bench:start [-- PLUGINS]`: starts many plugins from a configuration file. A tenth of them are broken in different ways. Starts
 * first with an empty registry, then with the registry of the first start. Prints the time, and the error of each broken plugin.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

import { type ConfigWatch, createOperator, openRegistry, watchConfig } from '@plugwire/operate';
import { behave, buildFixture, buildPlugin, type FixtureName } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const PLUGINS = Number(process.argv[2] ?? 200);

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
});

/** Breaks the plugin at a path. May return more lines of the configuration. */
type Break = (path: string) => Promise<string | void> | string | void;

const fixture =
  (name: FixtureName): Break =>
  async (path) =>
    writeFileSync(path, await buildFixture(name));

const sound = async (text: string): Promise<Uint8Array> =>
  await buildPlugin({
    identity: { plugin_name: 'greeter' },
    functions: { greet: behave.answer({ text, _v: 1 }) },
  });

/** Twenty ways to break a plugin. */
const BREAKS: readonly Break[] = [
  () => undefined, // no file
  (path) => mkdirSync(path),
  (path) => symlinkSync('/nowhere', path),
  (path) => writeFileSync(path, ''),
  (path) => writeFileSync(path, '{"not":"a module"}'),
  async (path) => writeFileSync(path, gzipSync(await sound('packed'))),
  async (path) => writeFileSync(path, (await sound('cut')).subarray(0, 200)),
  async (path) => {
    writeFileSync(path, await sound('changed'));
    return `sha256 = "${'0'.repeat(64)}"`;
  },
  fixture('identityMissing'),
  fixture('identityDoubled'),
  fixture('identityBadName'),
  fixture('handshakeMissing'),
  fixture('handshakeTraps'),
  fixture('handshakeSpins'),
  fixture('acceptNotJson'),
  fixture('acceptVersionNotOffered'),
  fixture('acceptCapabilityNotOffered'),
  fixture('selfCheckFails'),
  fixture('selfCheckTraps'),
  fixture('selfCheckSpins'),
];

const writePlugins = async (folder: string): Promise<string> => {
  const sections: string[] = [];
  for (let at = 0; at < PLUGINS; at += 1) {
    const path = join(folder, `${at}.wasm`);
    const isBroken = at % 10 === 9;
    const more = isBroken ? await BREAKS[Math.floor(at / 10) % BREAKS.length]?.(path) : undefined;
    if (!isBroken) writeFileSync(path, await sound(`plugin ${at}`));
    sections.push(`[plugins.p${at}]\npath = "${at}.wasm"\n${more ?? ''}\n`);
  }
  const file = join(folder, 'plugwire.toml');
  writeFileSync(file, sections.join(''));
  return file;
};

const start = async (file: string, folder: string): Promise<ConfigWatch['start']> => {
  const registry = await openRegistry({ folder: join(folder, 'registry'), functions: [greet] });
  await using host = createPluginHost({ functions: [greet] });
  await using operator = createOperator({ host, registry });
  const startMs = performance.now();
  await using watch = await watchConfig(operator, { file });
  const tookMs = performance.now() - startMs;
  const serving = operator.health().plugins.filter(({ state }) => state === 'serving').length;
  console.log(`${serving} of ${PLUGINS} plugins serve after ${(tookMs / 1000).toFixed(2)} s`);
  return watch.start;
};

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-start-'));
  const file = await writePlugins(folder);
  console.log(`Node ${process.version}, an empty registry:`);
  const { failures } = await start(file, folder);
  console.log('the same again, with the registry of the first start:');
  await start(file, folder);
  console.log(`\n${failures.length} were not loaded:\n`);
  for (const { plugin, error } of failures.toSorted((left, right) => left.plugin.localeCompare(right.plugin)))
    console.log(`${plugin}: ${(error as Error).message.replaceAll(`${folder}/`, '')}`);
  rmSync(folder, { recursive: true });
  if (failures.length !== PLUGINS / 10) process.exitCode = 1;
};

await main();
