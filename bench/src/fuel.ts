/**
 * `npm run bench:fuel -- FOLDER`: prints a table of the fuel that the modules of a folder use for each executed instruction. It does not
 * build the modules: see bench/fuel/README.md.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { WASI } from 'node:wasi';

import { quantile } from './measure.ts';
import { digits, markdownTable } from './report/markdown-table.ts';
import { countEverything, meterEverything } from './runtime-internals.ts';

const WORKLOADS = [
  { name: 'bytes', size: 65_536 },
  { name: 'json', size: 500_000 },
  { name: 'sort', size: 10_000 },
  { name: 'strings', size: 10_000 },
] as const;

/** The number of rounds. The original and the metered module alternate. */
const ROUNDS = 15;

interface Guest {
  prepare(workload: number, size: number): void;
  run(workload: number): number;
}

const instantiate = (bytes: Uint8Array<ArrayBuffer>): Guest => {
  const wasi = new WASI({ version: 'preview1' });
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(bytes),
    wasi.getImportObject() as WebAssembly.Imports,
  );
  // A plain copy, in which exports that metering renamed have their original names again.
  if (exports['_initialize'] !== undefined) wasi.initialize({ exports: { ...exports } });
  return exports as unknown as Guest;
};

const timed = (run: () => void): number => {
  const startMs = performance.now();
  run();
  return performance.now() - startMs;
};

const measure = (file: string): (string | number)[][] => {
  const bytes = new Uint8Array(readFileSync(file));
  const plain = instantiate(bytes);
  const meter = meterEverything();
  const metered = instantiate(bytes);
  meter.restore();
  const counter = countEverything();
  const counted = instantiate(bytes);
  counter.restore();
  return WORKLOADS.map(({ name, size }, workload) => {
    const guests = [plain, metered, counted];
    for (const guest of guests) guest.prepare(workload, size);
    // Run each once first, so that all are measured in the same state.
    for (const guest of guests) guest.run(workload);
    const fuelBefore = meter.fuelUsed();
    metered.run(workload);
    const fuel = meter.fuelUsed() - fuelBefore;
    const before = counter.executed();
    counted.run(workload);
    const after = counter.executed();
    const instructions = after.instructions - before.instructions;
    const times = Array.from({ length: ROUNDS }, () => [
      timed(() => plain.run(workload)),
      timed(() => metered.run(workload)),
    ]);
    const median = (which: number): number =>
      quantile(
        times.map((pair) => pair[which] ?? Number.NaN),
        0.5,
      );
    return [
      basename(file, '.wasm'),
      name,
      instructions,
      fuel,
      digits(fuel / instructions),
      digits(fuel / (after.weight - before.weight)),
      digits(median(1) / median(0)),
    ];
  });
};

const [folder] = process.argv.slice(2);
if (folder === undefined)
  throw new Error('no folder given: expected a folder of modules. Build them with bench/fuel/build.mjs.');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.wasm'))
  .toSorted();
const head = [
  'compiler',
  'workload',
  'instructions',
  'fuel',
  'fuel per instruction',
  'fuel per weight',
  'slow-down',
];
console.log(
  markdownTable(
    head,
    files.flatMap((name) => measure(join(folder, name))),
  ).join('\n'),
);
