import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';

import { echoShaped, shapedOf } from './echo-contract.ts';

const PARTS = 10;

/** Dispatches many times on one plugin and prints memory and time per call. Neither may grow. */
export const soakOnePlugin = async (calls: number): Promise<void> => {
  const host = createPluginHost({ functions: [echoShaped] });
  const plugin = await host.load(await buildPlugin({ functions: { [echoShaped.name]: behave.echo() } }));
  const message = shapedOf(1024);
  const callMany = (count: number): number => {
    const startMs = performance.now();
    for (let at = 0; at < count; at += 1) {
      if (plugin.dispatchSync(echoShaped, message).kind !== 'ok') throw new Error('a dispatch failed');
    }
    return ((performance.now() - startMs) * 1000) / count;
  };
  callMany(2_000);
  console.log(`${calls} dispatches of 1 KB on one plugin, Node ${process.version}\n`);
  console.log('| calls | µs per call | resident MiB | heap MiB | array buffers MiB |');
  console.log('| ---: | ---: | ---: | ---: | ---: |');
  for (let part = 1; part <= PARTS; part += 1) {
    const perCallUs = callMany(calls / PARTS);
    globalThis.gc?.();
    const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
    const cells = [
      (calls / PARTS) * part,
      perCallUs.toFixed(2),
      ...[rss, heapUsed, arrayBuffers].map(mebibytes),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
  await host.close();
};

/** Returns bytes as mebibytes with one digit after the point. */
export const mebibytes = (bytes: number): string => (bytes / 1024 / 1024).toFixed(1);
