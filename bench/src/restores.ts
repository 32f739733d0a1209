/**
 * `npm run bench:restores [ROUNDS]`: measures the cost of `instances: 'per_call'` per call, by the size and content of the plugin's memory,
 * and how soon a plugin serves again after a crash. Rounds are short and alternate. Reports medians of rounds, and the fastest round,
 * because a busy machine only adds time. A call counts as failed until the plugin serves again.
 *
 * @module
 */
import { behave, buildPlugin, type Behaviour, type PluginDescription } from '@plugwire/pdk-fixtures';
import { createPluginHost, type InstanceMode, type Plugin } from '@plugwire/runtime';

import { echoShaped, shapedOf } from './echo-contract.ts';
import { quantile } from './measure.ts';
import { digits, markdownTable } from './report/markdown-table.ts';

const ROUNDS = Number(process.argv[2] ?? 40);
const ROUND_MS = 8;

/** A limit on crashes that is never reached. */
const PATIENT = { minimumCalls: 1_000_000 };
const LIMITS = { memoryBytes: 64 * 1024 * 1024, deadlineMs: 1_000, initialisationMs: 10_000 };

const message = shapedOf(100);

/** A start function that sets the memory to this size, and may write to all of it. */
const startWith = (pages: number, isFilled: boolean): string[] => [
  `(func $make_room (drop (memory.grow (i32.sub (i32.const ${pages}) (memory.size))))
    ${isFilled ? `(memory.fill (i32.const 32768) (i32.const 1) (i32.sub (i32.const ${pages * 65_536}) (i32.const 32768)))` : ''})`,
  '(start $make_room)',
];

const load = async (description: PluginDescription, instances: InstanceMode): Promise<Plugin> => {
  const host = createPluginHost({ functions: [echoShaped], limits: LIMITS, breaker: PATIENT });
  return await host.load(await buildPlugin(description), { instances });
};

const describe = (behaviour: Behaviour, wat: string[] = []): PluginDescription => ({
  functions: { [echoShaped.name]: behaviour },
  wat,
});

const turn = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};

/** The calls that were answered, the calls that failed, and the total time. */
interface Round {
  readonly answered: number;
  readonly failed: number;
  readonly tookMs: number;
}

const callFor = async (plugin: Plugin, ms: number): Promise<Round> => {
  let [answered, failed, tookMs] = [0, 0, 0];
  const startMs = performance.now();
  do {
    if (plugin.dispatchSync(echoShaped, message).kind === 'ok') answered += 1;
    else {
      failed += 1;
      await turn();
    }
    tookMs = performance.now() - startMs;
  } while (tookMs < ms || answered === 0);
  return { answered, failed, tookMs };
};

interface Figures {
  readonly medianUs: number;
  readonly leastUs: number;
  readonly failedShare: number;
}

/** Calls plugins in alternating rounds. Returns microseconds for each answered call. */
const measure = async (plugins: readonly Plugin[]): Promise<Figures[]> => {
  const rounds = plugins.map(() => [] as Round[]);
  for (const plugin of plugins) await callFor(plugin, 200); // warms up
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [at, plugin] of plugins.entries()) rounds[at]?.push(await callFor(plugin, ROUND_MS));
  return rounds.map((own) => {
    const times = own.map(({ tookMs, answered }) => (tookMs * 1000) / answered);
    const sum = (of: (round: Round) => number): number => own.reduce((total, round) => total + of(round), 0);
    const failed = sum((round) => round.failed);
    return {
      medianUs: quantile(times, 0.5),
      leastUs: Math.min(...times),
      failedShare: failed / (failed + sum((round) => round.answered)),
    };
  });
};

const modeRow = async (title: string, description: PluginDescription): Promise<string[]> => {
  const plugins = [await load(description, 'shared'), await load(description, 'per_call')];
  const [shared, perCall] = (await measure(plugins)) as [Figures, Figures];
  for (const plugin of plugins) await plugin.close();
  return [
    title,
    digits(shared.medianUs),
    digits(perCall.medianUs),
    digits(perCall.medianUs - shared.medianUs),
    digits(perCall.leastUs - shared.leastUs),
    `${(100 * perCall.failedShare).toFixed(0)} %`,
  ];
};

const GROW = behave.wat('(drop (memory.grow (i32.const 1))) (i32.const 0)');

const modes = async (): Promise<void> => {
  const rows: string[][] = [];
  for (const pages of [1, 4, 16, 64, 256]) {
    for (const isFilled of [false, true]) {
      const title = `${pages * 64} KB, ${isFilled ? 'all of it written' : 'most of it zero'}`;
      process.stderr.write(`${title} …\n`);
      rows.push(await modeRow(title, describe(behave.echo(), startWith(pages, isFilled))));
    }
  }
  // A plugin that shares its instance would soon run out of memory.
  process.stderr.write('growing …\n');
  const growing = await load(
    describe(behave.sequence(GROW, behave.echo()), startWith(16, false)),
    'per_call',
  );
  const [grown] = (await measure([growing])) as [Figures];
  rows.push([
    '1024 KB, and 64 KB more in each call',
    '',
    digits(grown.medianUs),
    '',
    '',
    `${(100 * grown.failedShare).toFixed(0)} %`,
  ]);
  const head = [
    'memory',
    'shared, µs',
    'per_call, µs',
    'difference',
    'difference of the fastest rounds',
    'per_call, failed',
  ];
  console.log(markdownTable(head, rows).join('\n'));
};

/** How plugins crash, at every second call. */
const CRASHES: Readonly<Record<string, string>> = {
  traps: '(unreachable)',
  'traps, having written to all of 64 KB':
    '(memory.fill (i32.const 32768) (i32.const 1) (i32.const 32768)) (unreachable)',
  'traps, having grown its memory': '(drop (memory.grow (i32.const 1))) (unreachable)',
};

const recoveries = async (): Promise<void> => {
  const rows: string[][] = [];
  const [healthy] = (await measure([await load(describe(behave.echo()), 'shared')])) as [Figures];
  for (const [title, crash] of Object.entries(CRASHES)) {
    process.stderr.write(`${title} …\n`);
    const crashing = await load(describe(behave.wat(`${crash} (i32.const 0)`)), 'shared');
    const times: number[] = [];
    let failed = 0;
    for (let round = 0; round < ROUNDS * 50; round += 1) {
      const startMs = performance.now();
      crashing.dispatchSync(echoShaped, message);
      times.push((performance.now() - startMs) * 1000);
      // Wait until there is an instance for the next call. Its crash is the sign.
      for (;;) {
        const outcome = crashing.dispatchSync(echoShaped, message);
        if (outcome.kind === 'fallback' && outcome.error.code === 'unreachable') break;
        failed += 1;
        await turn();
      }
    }
    await crashing.close();
    rows.push([
      title,
      digits(quantile(times, 0.5)),
      digits(quantile(times, 0.99)),
      `${((100 * failed) / (failed + 2 * times.length)).toFixed(0)} %`,
    ]);
  }
  console.log(`\nA healthy call takes ${digits(healthy.medianUs)} µs.\n`);
  const head = ['a call that', 'µs, with its recovery', 'p99', 'later calls that found no instance'];
  console.log(markdownTable(head, rows).join('\n'));
};

console.log(`Node ${process.version}, ${ROUNDS} rounds\n`);
await modes();
await recoveries();
process.exit();
