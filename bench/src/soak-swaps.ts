/**
 * `npm run soak:swaps [-- SECONDS]`: swaps every 100 ms under continuous load. It fails if a call fails, if an answer mixes two versions, or
 * if anything is left behind. Blocks of the event loop are compared with a period without swaps, because other processes cause
 * them too.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate, setTimeout } from 'node:timers/promises';

import { createOperator, type PluginHandle } from '@plugwire/operate';
import { appendCustomSections, behave, buildPlugin, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

import { collectGarbage } from './collect-garbage.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const SWAP_EVERY_MS = 100;
/** The number of swaps before the baseline is measured. The engine and its threads have reached their final size by then. */
const WARM_UP_SWAPS = 50;
/** How long the loop dispatches before it lets other work run, in ms. */
const BATCH_MS = 1;
const LONGEST_BLOCK_MS = 10;

/** Both parts of an answer contain the version of the plugin. */
const pair = defineWireFunction({
  name: 'pair',
  fallback: 'silent_skip',
  request: z.strictObject({ padding: z.string() }),
  response: z.strictObject({ first: z.string(), second: z.string() }),
  sample: { request: { padding: '' }, response: { first: '', second: '' } },
});

/** The same function as in `cc-lb-rust` and the other plugins of real toolchains. */
const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'x' }, response: { text: 'hello, x' } },
});

/**
 * How long this thread has computed, in milliseconds. On a shared machine it also waits for a processor, and for threads of the
 * engine that wait for one. That time is not caused by this process.
 */
const computedMs = (): number =>
  Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;

interface Counts {
  calls: number;
  failed: number;
  mixed: number;
  readonly versions: Set<string>;
  /** How long the loop waited for other work, in milliseconds. */
  readonly waits: number[];
  /** How much of that time this thread computed, in milliseconds. */
  readonly computes: number[];
}

const startLoad = (handle: PluginHandle, rust: PluginHandle): { readonly end: () => Promise<Counts> } => {
  const counts: Counts = { calls: 0, failed: 0, mixed: 0, versions: new Set(), waits: [], computes: [] };
  let isOver = false;
  const running = (async () => {
    while (!isOver) {
      const startMs = performance.now();
      while (performance.now() - startMs < BATCH_MS) {
        const outcome = handle.dispatchSync(pair, { padding: 'x'.repeat(100) });
        counts.calls += 2;
        if (outcome.kind === 'ok') {
          if (outcome.response.first !== outcome.response.second) counts.mixed += 1;
          counts.versions.add(outcome.response.first);
        } else counts.failed += 1;
        if (rust.dispatchSync(greet, { name: 'Ada' }).kind !== 'ok') counts.failed += 1;
      }
      const [endedMs, beforeMs] = [performance.now(), computedMs()];
      await setImmediate();
      counts.computes.push(computedMs() - beforeMs);
      counts.waits.push(performance.now() - endedMs);
    }
  })();
  return {
    end: async () => {
      isOver = true;
      await running;
      return counts;
    },
  };
};

/** The resources of the process. Address space shows every WebAssembly memory, because each reserves some. */
const holdings = async () => {
  for (let times = 0; times < 10; times += 1) {
    collectGarbage();
    await setTimeout(50);
  }
  const status = readFileSync('/proc/self/status', 'utf8');
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  return {
    'address space, GiB': Number(/^VmSize:\s+(\d+)/m.exec(status)?.[1]) / 1024 ** 2,
    'resident, MiB': rss / 1024 ** 2,
    'heap, MiB': heapUsed / 1024 ** 2,
    'array buffers, MiB': arrayBuffers / 1024 ** 2,
    'open files': readdirSync('/proc/self/fd').length,
    threads: Number(/^Threads:\s+(\d+)/m.exec(status)?.[1]),
    'active resources': process.getActiveResourcesInfo().length,
  };
};

const show = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));

const describeTurns = (turns: readonly number[]): string => {
  const sorted = turns.toSorted((left, right) => left - right);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
  const long = sorted.filter((each) => each > LONGEST_BLOCK_MS).length;
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, p99.9 ${at(0.999)} ms, max ${at(1)} ms, ${long} of ${turns.length} above ${LONGEST_BLOCK_MS} ms`;
};

const main = async (): Promise<void> => {
  const swaps = Math.round((SECONDS * 1000) / SWAP_EVERY_MS);
  console.log(`building ${swaps + WARM_UP_SWAPS} different modules`);
  const rustBytes = readToolchainPlugin('greet-rust');
  const sources: { readonly pair: Uint8Array; readonly rust: Uint8Array }[] = [];
  for (let at = 0; at < swaps + WARM_UP_SWAPS; at += 1) {
    const name = `v${at}`;
    const answer = behave.answer({ first: name, second: name, _v: 1 });
    sources.push({
      pair: await buildPlugin({
        identity: { plugin_name: 'pair', plugin_version: `1.0.${at}` },
        functions: { pair: answer },
      }),
      rust: appendCustomSections(rustBytes, [{ name: 'build', payload: name }]),
    });
  }

  const host = createPluginHost({ functions: [pair, greet], limits: { deadlineMs: 1000 } });
  const operator = createOperator({ host });
  const handle = operator.open('pair');
  const rust = operator.open('rust');
  const swapMs: number[] = [];
  /** Every third swap uses the module of a real toolchain. */
  const swapNext = async (at: number): Promise<void> => {
    const source = sources[at] as (typeof sources)[number];
    const startMs = performance.now();
    if (at % 3 === 2) await rust.swap(source.rust);
    else await handle.swap(source.pair);
    swapMs.push(performance.now() - startMs);
  };
  await rust.swap(rustBytes);
  for (let at = 0; at < WARM_UP_SWAPS; at += 1) await swapNext(at);

  const control = startLoad(handle, rust);
  await setTimeout(Math.min(10, SECONDS / 2) * 1000);
  const quiet = await control.end();
  const before = await holdings();

  swapMs.length = 0;
  const load = startLoad(handle, rust);
  const startMs = performance.now();
  for (let at = 0; at < swaps; at += 1) {
    const dueMs = startMs + at * SWAP_EVERY_MS;
    await setTimeout(Math.max(0, dueMs - performance.now()));
    await swapNext(WARM_UP_SWAPS + at);
  }
  const tookSeconds = (performance.now() - startMs) / 1000;
  const counts = await load.end();
  const after = await holdings();

  swapMs.sort((left, right) => left - right);
  const { calls, failed, mixed, versions } = counts;
  console.log(`\n${swaps} swaps in ${tookSeconds.toFixed(1)} s, Node ${process.version}\n`);
  console.log('| | |\n| --- | --- |');
  console.log(`| dispatches | ${calls} (${Math.round(calls / tookSeconds)} a second) |`);
  console.log(`| failed | ${failed} |`);
  console.log(`| answers that mix two versions | ${mixed} |`);
  console.log(`| versions that answered | ${versions.size} |`);
  console.log(
    `| time of a swap | p50 ${(swapMs[swapMs.length >> 1] ?? 0).toFixed(1)} ms, max ${(swapMs.at(-1) ?? 0).toFixed(1)} ms |`,
  );
  console.log(`| turns of the event loop, computed, with swaps | ${describeTurns(counts.computes)} |`);
  console.log(`| the same without swaps | ${describeTurns(quiet.computes)} |`);
  console.log(`| turns of the event loop, on the wall, with swaps | ${describeTurns(counts.waits)} |`);
  console.log(`| the same without swaps | ${describeTurns(quiet.waits)} |`);
  console.log('\n| held | before | after |\n| --- | ---: | ---: |');
  for (const [what, value] of Object.entries(before))
    console.log(`| ${what} | ${show(value)} | ${show(after[what as keyof typeof after])} |`);
  await operator.close();
  await host.close();
  const leaked =
    after['address space, GiB'] > before['address space, GiB'] + 1 ||
    after['open files'] > before['open files'];
  if (failed + mixed > 0 || leaked) process.exitCode = 1;
};

await main();
