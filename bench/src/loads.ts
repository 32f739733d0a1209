/**
 * `npm run bench:loads [ROUNDS]`: measures the first load in a process. Reports its duration, the longest time for which it blocks the
 * event loop, and the first calls of each plugin compared with later ones. Each figure is the median of ROUNDS processes. The block is
 * also given as the minimum, because a busy machine only makes it longer.
 *
 * @module
 */
import type { FirstCalls, LoadOnce } from './groups/load-once.ts';
import { digits, markdownTable } from './report/markdown-table.ts';
import { startProcess } from './start-process.ts';

const CASES = {
  'greet-rust': 'greet-rust, 11 KB',
  'load-balancer-assemblyscript': 'load-balancer-assemblyscript, 51 KB',
  'greet-go': 'greet-go, 1.9 MB',
  'go-4mb': 'its functions twice and more, 4 MB',
  'go-16mb': 'the same, 16 MB',
  many: '200 of 11 KB at once',
} as const;

const PLUGINS = [
  'greet-rust',
  'greet-c',
  'greet-assemblyscript',
  'greet-go',
  'load-balancer-c',
  'load-balancer-assemblyscript',
  'guard-assemblyscript',
] as const;

const SCRIPT = new URL('groups/load-once.js', import.meta.url);

const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

const once = async (name: string): Promise<LoadOnce> => {
  const child = await startProcess<LoadOnce>(SCRIPT, [name]);
  await child.stop();
  return child.message;
};

const inProcesses = async (name: string, rounds: number): Promise<readonly LoadOnce[]> => {
  const runs: LoadOnce[] = [];
  for (let round = 0; round < rounds; round += 1) runs.push(await once(name));
  return runs;
};

const loadRow = (title: string, runs: readonly LoadOnce[]): string[] => {
  const blocks = runs.map(({ blockMs }) => blockMs);
  return [
    title,
    digits(median(runs.map(({ loadMs }) => loadMs))),
    digits(median(blocks)),
    digits(Math.min(...blocks)),
  ];
};

const callRows = (plugin: string, runs: readonly LoadOnce[]): string[][] =>
  (runs[0]?.calls ?? []).map(({ functionName }, at) => {
    const of = (key: Exclude<keyof FirstCalls, 'functionName'>): number =>
      median(runs.map(({ calls }) => calls[at]?.[key] ?? Number.NaN));
    const first = of('firstHundredUs');
    return [
      plugin,
      functionName,
      digits(of('firstUs')),
      digits(first),
      digits(of('thousandthUs')),
      digits(of('laterUs')),
      (first / of('thousandthUs')).toFixed(2),
      (first / of('laterUs')).toFixed(2),
    ];
  });

const printTable = (heads: readonly string[], rows: readonly (readonly string[])[]): void => {
  console.log(`${markdownTable(heads, rows).join('\n')}\n`);
};

const main = async (rounds: number): Promise<void> => {
  const loads: string[][] = [];
  for (const [name, title] of Object.entries(CASES))
    loads.push(loadRow(title, await inProcesses(name, rounds)));
  printTable(['loaded', 'load, ms', 'longest block, ms', 'least of them'], loads);
  const calls: string[][] = [];
  for (const plugin of PLUGINS) calls.push(...callRows(plugin, await inProcesses(plugin, rounds)));
  const heads = [
    'plugin',
    'function',
    'first, µs',
    'first 100',
    '901st to 1000th',
    'after 15,000',
    '× 1000th',
    '× later',
  ];
  printTable(heads, calls);
};

await main(Number(process.argv[2] ?? 7));
