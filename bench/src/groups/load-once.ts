/**
 * The child process of ../loads.ts: `node load-once.js CASE` loads once in a process that has loaded nothing before. It sends its parent
 * the duration, the longest time for which it blocked the event loop, and the times of the first calls.
 *
 * @module
 */
import { setTimeout as wait } from 'node:timers/promises';

import {
  appendCustomSections,
  readToolchainPlugin,
  TOOLCHAIN_PLUGINS,
  type ToolchainPluginName,
} from '@plugwire/pdk-fixtures';
import { createPluginHost, type Plugin } from '@plugwire/runtime';
import { defineWireFunction, findLadder, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { z } from 'zod';

import { repeatCode } from './repeat-code.ts';

/** The result of one process. */
export interface LoadOnce {
  readonly bytes: number;
  readonly loadMs: number;
  /** The longest time between two turns of the event loop, in ms. */
  readonly blockMs: number;
  readonly calls: readonly FirstCalls[];
}

/** Medians of dispatches of one function's sample, in microseconds. */
export interface FirstCalls {
  readonly functionName: string;
  readonly firstUs: number;
  readonly firstHundredUs: number;
  /** The 901st to the 1000th dispatch. */
  readonly thousandthUs: number;
  /** After 15,000 dispatches. */
  readonly laterUs: number;
}

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

const MIB = 1 << 20;
const MANY = 200;
const CALLS = 20_000;

/** The plugins that each case loads at once. */
const sourcesOf = (name: string): readonly (readonly [ToolchainPluginName, Uint8Array<ArrayBuffer>])[] => {
  const go = 'greet-go';
  if (name === 'go-4mb') return [[go, repeatCode(readToolchainPlugin(go), 4 * MIB)]];
  if (name === 'go-16mb') return [[go, repeatCode(readToolchainPlugin(go), 15.9 * MIB)]];
  if (name !== 'many')
    return [[name as ToolchainPluginName, readToolchainPlugin(name as ToolchainPluginName)]];
  const small = readToolchainPlugin('greet-rust');
  return Array.from({ length: MANY }, (_, at) => [
    'greet-rust',
    appendCustomSections(small, [{ name: 'serial', payload: String(at) }]),
  ]);
};

/** Watches the event loop until it is stopped. Returns the longest time between two of its turns. */
const watchLoop = (): (() => number) => {
  let longestMs = 0;
  let lastMs = performance.now();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    longestMs = Math.max(longestMs, nowMs - lastMs - 1);
    lastMs = nowMs;
  }, 1);
  return () => {
    clearInterval(timer);
    return longestMs;
  };
};

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

const callsOf = async (plugin: Plugin, contract: WireFunction): Promise<FirstCalls> => {
  const request: unknown = findLadder(contract)?.newest.sample.request;
  const times: number[] = [];
  for (let at = 0; at < CALLS; at += 1) {
    const startMs = performance.now();
    plugin.dispatchSync(contract, request);
    times.push((performance.now() - startMs) * 1000);
    // Work that compiles in the background runs between two turns.
    if (at % 100 === 0) await wait(1);
  }
  return {
    functionName: contract.name,
    firstUs: times[0] as number,
    firstHundredUs: median(times.slice(0, 100)),
    thousandthUs: median(times.slice(900, 1_000)),
    laterUs: median(times.slice(15_000)),
  };
};

const main = async (name: string): Promise<LoadOnce> => {
  const sources = sourcesOf(name);
  const functions = sources[0]?.[0].startsWith('greet') === true ? [greet] : loadBalancerFunctions;
  const host = createPluginHost({ functions, limits: { deadlineMs: 10_000 } });
  await wait(100);
  const stop = watchLoop();
  const startMs = performance.now();
  const [plugin] = await Promise.all(
    sources.map(async ([plugwireName, bytes], at) => {
      const wasi = TOOLCHAIN_PLUGINS[plugwireName].needsWasi;
      return await host.load(bytes, { name: `plugin-${at}`, wasi, capabilities: CAPABILITIES });
    }),
  );
  const loadMs = performance.now() - startMs;
  const blockMs = stop();
  const calls: FirstCalls[] = [];
  for (const contract of functions) {
    if (plugin?.metadata.negotiated_functions[contract.name] === undefined) continue;
    calls.push(await callsOf(plugin, contract));
  }
  await host.close();
  return { bytes: sources[0]?.[1].length ?? 0, loadMs, blockMs, calls };
};

const CAPABILITIES = ['log', 'metrics', 'storage', 'clock', 'random'];

process.send?.(await main(process.argv[2] ?? ''), () => process.exit());
