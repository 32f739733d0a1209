/**
 * The child process of measure-plugins.ts: `node load-many-plugins.js COUNT` sends its parent the memory that a plugin uses.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';

import { createPluginHost } from '@plugwire/runtime';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { collectGarbage } from '../collect-garbage.ts';
import type { PluginsResult } from '../results.ts';
import { LOADED_PLUGINS } from '../scenarios.ts';

/** Long enough for background work to end, in ms. */
const SETTLE_MS = 200;

const main = async (plugins: number): Promise<PluginsResult> => {
  const [first] = LOADED_PLUGINS;
  if (first === undefined)
    throw new Error('LOADED_PLUGINS is empty: expected at least one plugin. Add one in scenarios.ts.');
  const [, bytes] = first;
  const host = createPluginHost({ functions: loadBalancerFunctions });
  // The first plugin also loads shared parts: the kernel, the validators, the check of the link.
  await host.load(bytes, { name: 'first' });
  const before = await settle();
  const startMs = performance.now();
  for (let at = 0; at < plugins; at += 1) await host.load(bytes, { name: `plugin-${at}` });
  const tookMs = performance.now() - startMs;
  const after = await settle();
  await host.close();
  return {
    plugins,
    moduleBytes: bytes.length,
    residentBytesEach: Math.round((after - before) / plugins),
    msEach: tookMs / plugins,
  };
};

/** Returns resident bytes after background work has ended and garbage was collected. */
const settle = async (): Promise<number> => {
  await wait(SETTLE_MS);
  collectGarbage();
  return process.memoryUsage().rss;
};

process.send?.(await main(Number(process.argv[2])), () => process.exit());
