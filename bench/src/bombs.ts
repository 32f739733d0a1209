/**
 * `npm run bench:bombs [-- TITLE]`: measures how long modules that are made to be slow block the thread, at the default limits and at the
 * largest. Then measures how late calls end whose many functions must be compiled (`-- first-calls` runs only these). Prints tables. Each
 * module is measured in a separate process, because some engines cache types.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { LIMITS, type PluginLimits } from '@plugwire/runtime';

import { join } from './bombs/build-module.ts';
import { FIRST_CALLS } from './bombs/first-calls.ts';
import { BOMBS } from './bombs/module-bombs.ts';
import {
  createMeter,
  sliceFor,
  createFuelHook,
  METERED_EXPORTS,
  meterModule,
  resolveLimits,
} from './runtime-internals.ts';

type Level = 'default' | 'max';

/** The times of one module, in milliseconds, and the most memory that metering it used, beyond its size. */
interface Measured {
  readonly bytes: number;
  readonly refused: string | undefined;
  readonly validateMs: number;
  readonly meterMs: number;
  readonly compileMs: number;
  readonly instantiateMs: number;
  readonly firstCallMs: number;
  readonly memoryMiB: number;
}

/** The largest structural limits. The module's bytes and the memory stay at their defaults, because they decide how large a module can be. */
const limitsOf = (level: Level): PluginLimits => {
  const { moduleFunctions, typeComparisons, functionBytes, functionLocals, functionDepth } = LIMITS;
  const { functionBranchTargets, functionCompileCost } = LIMITS;
  if (level === 'default') return resolveLimits();
  return resolveLimits({
    moduleFunctions: moduleFunctions.max,
    typeComparisons: typeComparisons.max,
    functionBytes: functionBytes.max,
    functionLocals: functionLocals.max,
    functionDepth: functionDepth.max,
    functionBranchTargets: functionBranchTargets.max,
    functionCompileCost: functionCompileCost.max,
  });
};

const NOT_MEASURED = {
  validateMs: 0,
  meterMs: 0,
  compileMs: 0,
  instantiateMs: 0,
  firstCallMs: 0,
  memoryMiB: 0,
};

const time = <Result>(work: () => Result): readonly [Result, number] => {
  const startMs = performance.now();
  const result = work();
  return [result, performance.now() - startMs];
};

const measure = (title: string, level: Level): Measured => {
  const limits = limitsOf(level);
  const bytes = BOMBS.find((bomb) => bomb.title === title)!.build(limits);
  const before = process.resourceUsage().maxRSS / 1024;
  // Metering also validates. The engine caches types, so metering must run first.
  const [metered, bothMs] = time(() => meterModule(bytes, limits));
  const memoryMiB = process.resourceUsage().maxRSS / 1024 - before;
  if (!metered.ok) return { ...NOT_MEASURED, bytes: bytes.length, refused: metered.message };
  const [, validateMs] = time(() => WebAssembly.validate(bytes));
  const [module, compileMs] = time(() => new WebAssembly.Module(metered.bytes));
  const [instance, instantiateMs] = time(() => new WebAssembly.Instance(module));
  const { exports } = instance;
  (exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(
    0,
    createFuelHook(() => 1_000_000_000),
  );
  const run = exports['run'] as (() => void) | undefined;
  const [, firstCallMs] = time(() => run?.());
  return {
    bytes: bytes.length,
    refused: undefined,
    validateMs,
    meterMs: bothMs,
    compileMs,
    instantiateMs,
    firstCallMs,
    memoryMiB,
  };
};

const measureInProcess = (title: string, level: Level): Measured => {
  const script = fileURLToPath(import.meta.url);
  const all = Array.from({ length: 3 }, () => {
    const args = ['--no-warnings', script, '--one', title, level];
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (status !== 0) return { ...NOT_MEASURED, bytes: 0, refused: 'the process died' };
    return JSON.parse(stdout) as Measured;
  });
  return all.reduce((best, one) =>
    one.meterMs + one.firstCallMs < best.meterMs + best.firstCallMs ? one : best,
  );
};

const main = (wanted: string | undefined): void => {
  if (wanted !== FIRST_CALLS_ONLY) reportBombs(wanted);
  if (wanted === undefined || wanted === FIRST_CALLS_ONLY) reportFirstCalls();
};

const FIRST_CALLS_ONLY = 'first-calls';
const TRIES = 11;

const reportFirstCalls = (): void => {
  console.log(`\n60,000 functions, each entered once; ${TRIES} tries each\n`);
  console.log('| functions | deadline ms | median ms late | worst ms late |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const { title, build } of FIRST_CALLS) {
    for (const deadlineMs of [5, 50]) {
      const late = measureFirstCalls(build(), deadlineMs);
      console.log(`| ${title} | ${deadlineMs} | ${late.map((ms) => ms.toFixed(1)).join(' | ')} |`);
    }
  }
};

/** Returns how late a first call ends, in ms: median and maximum. Each try uses a module that the engine has not compiled yet. */
const measureFirstCalls = (bytes: Uint8Array, deadlineMs: number): number[] => {
  const late: number[] = [];
  for (let tried = 0; tried < TRIES; tried += 1) {
    const custom = Uint8Array.of(0, 6, 1, 0x78, ...randomBytes(4)); // a custom section named x
    const metered = meterModule(join([bytes, custom]), resolveLimits());
    if (!metered.ok) throw new Error(metered.message);
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(metered.bytes));
    const meter = createMeter(sliceFor(metered.unchargedCompileWeight));
    meter.attach([exports]);
    const startMs = performance.now();
    meter.begin({ fuel: LIMITS.fuel.default, deadlineMs }, startMs);
    try {
      (exports['run'] as () => void)();
    } catch {
      // The call fails with the deadline. The measurement is how late it fails.
    }
    late.push(performance.now() - startMs - deadlineMs);
    meter.end();
  }
  late.sort((left, right) => left - right);
  return [late[late.length >> 1] ?? 0, late.at(-1) ?? 0];
};

const reportBombs = (wanted: string | undefined): void => {
  console.log(`Node ${process.version}; the fastest of three tries\n`);
  console.log(
    '| module | limits | KiB | metering ms, of it validation | compiling ms | instantiating ms | first call ms | MiB |',
  );
  console.log('| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |');
  for (const { title } of BOMBS) {
    if (wanted !== undefined && !title.includes(wanted)) continue;
    for (const level of ['default', 'max'] as const) {
      const { bytes, refused, ...ms } = measureInProcess(title, level);
      const show = (value: number): string => value.toFixed(value < 10 ? 1 : 0);
      const figures = [
        `${show(ms.meterMs)}, ${show(ms.validateMs)}`,
        ...[ms.compileMs, ms.instantiateMs, ms.firstCallMs, ms.memoryMiB].map(show),
      ];
      const cells = refused === undefined ? figures : [refused];
      console.log(`| ${title} | ${level} | ${Math.ceil(bytes / 1024)} | ${cells.join(' | ')} |`);
    }
  }
};

const [first, title, level] = process.argv.slice(2);
if (first === '--one') console.log(JSON.stringify(measure(title ?? '', level as Level)));
else main(first);
