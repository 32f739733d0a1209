/**
 * The process of measure-plugins.ts: `node load-many-plugins.js COUNT` tells its parent what a plugin takes.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';

import { createPluginHost } from '@plugwire/runtime';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { collectGarbage } from '../collect-garbage.ts';
import type { PluginsResult } from '../results.ts';
import { LOADED_PLUGINS } from '../scenarios.ts';

/** Long enough for what was begun. */
const SETTLE_MS = 200;

const main = async (plugins: number): Promise<PluginsResult> => {
  const [first] = LOADED_PLUGINS;
  if (first === undefined) throw new Error('there is no plugin to load');
  const [, bytes] = first;
  const host = createPluginHost({ functions: loadBalancerFunctions });
  // What the first one brings is shared: kernel, validators, the proof of the link.
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

/** Resident bytes, once everything that was begun has ended and what was left is collected. */
const settle = async (): Promise<number> => {
  await wait(SETTLE_MS);
  collectGarbage();
  return process.memoryUsage().rss;
};

process.send?.(await main(Number(process.argv[2])), () => process.exit());
