/**
 * `npm run bench:stops [-- TRIES]`: measures how late guests that never end are stopped, after a deadline of 5 ms, and the cost of reading
 * answers that are made to be slow, at the default limits and at the largest. Prints tables.
 *
 * @module
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { compileWat } from '@plugwire/pdk-fixtures';
import { createSandbox, LIMITS, type LimitOptions, SandboxError } from '@plugwire/runtime';

import { digits, markdownTable } from './report/markdown-table.ts';
import { HOSTILE_ANSWERS } from './stops/hostile-answers.ts';
import type { ReadReport } from './stops/read-answer.ts';

const TRIES = Number(process.argv[2] ?? 1000);
const DEADLINE_MS = 5;

/** Function bodies that never end. Each is in a module with a memory and a table. */
const SPINNERS: Readonly<Record<string, string>> = {
  'tight loop': '(loop $l (br $l))',
  'memory.fill of 8 MiB': '(loop $l (memory.fill (i32.const 0) (i32.const 1) (i32.const 8388608)) (br $l))',
  'memory.copy of 4 MiB': '(loop $l (memory.copy (i32.const 0) (i32.const 8) (i32.const 4194304)) (br $l))',
  'memory.init of 4 MiB':
    '(loop $l (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 4194304)) (br $l))',
  'table.copy of 9,999': '(loop $l (table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 9999)) (br $l))',
  'table.fill of 10,000':
    '(loop $l (table.fill $t (i32.const 0) (ref.func $leaf) (i32.const 10000)) (br $l))',
  'table.init of 10,000':
    '(loop $l (table.init $t $leaves (i32.const 0) (i32.const 0) (i32.const 10000)) (br $l))',
  'br_table storm': '(loop $l (br_table $l $l $l $l (i32.const 2)))',
  'calls of a leaf': '(loop $l (call $leaf) (br $l))',
  'memory.grow': '(loop $l (drop (memory.grow (i32.const 1))) (br $l))',
  'calls of the kernel': '(loop $l (drop (call $alloc (i64.const 8))) (br $l))',
};

const moduleOf = async (body: string): Promise<Uint8Array> =>
  await compileWat(`(module
    (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
    (memory (export "memory") 128) (table $t 10000 funcref)
    (data $bytes "${'x'.repeat(4_194_304)}") (elem $leaves func ${'$leaf '.repeat(10_000)})
    (func $leaf)
    (func (export "spin") ${body}))`);

const main = async (): Promise<void> => {
  console.log(
    `Node ${process.version}, deadline ${DEADLINE_MS} ms, ${TRIES} tries each, after the first call\n`,
  );
  console.log('| spinner | median ms late | 99 % ms late | worst ms late |');
  console.log('| --- | ---: | ---: | ---: |');
  for (const [name, body] of Object.entries(SPINNERS)) {
    process.stderr.write(`${name} …\n`);
    console.log(`| ${name} | ${(await measureLateness(body)).map((late) => late.toFixed(2)).join(' | ')} |`);
  }
  await reportAnswers();
};

const MIB = 1024 * 1024;

/** The sizes of answers, and the limits for reading them. */
const SIZES: readonly { readonly title: string; readonly bytes: number; readonly limits: LimitOptions }[] = [
  { title: '1 MiB', bytes: MIB, limits: {} },
  {
    title: '256 MiB, deadline 2 s',
    bytes: LIMITS.outputBytes.max - MIB,
    limits: {
      deadlineMs: 2_000,
      outputBytes: LIMITS.outputBytes.max,
      outputNodes: LIMITS.outputNodes.max,
      kernelMemoryBytes: LIMITS.kernelMemoryBytes.max,
      fuel: LIMITS.fuel.max,
    },
  },
];

const reportAnswers = async (): Promise<void> => {
  const rows: string[][] = [];
  for (const name of Object.keys(HOSTILE_ANSWERS)) {
    process.stderr.write(`${name} …\n`);
    const cells: string[] = [name];
    for (const { bytes, limits } of SIZES) {
      const report = await readAnswer(name, bytes, limits);
      cells.push(
        ...(report === undefined
          ? ['', '', 'the process ended']
          : [digits(report.worstMs), digits(report.heapBytes / bytes), report.end]),
      );
    }
    rows.push(cells);
  }
  const head = SIZES.flatMap(({ title }) => [`${title}: worst ms`, '× its size in memory', 'ends with']);
  console.log(`\n${markdownTable(['answer', ...head], rows).join('\n')}`);
};

/** The young generation is large, so that everything that a reading allocates is still there when it is counted. */
const NODE_OPTIONS = ['--max-old-space-size=8192', '--max-semi-space-size=1024', '--min-semi-space-size=512'];

const readAnswer = async (
  name: string,
  bytes: number,
  limits: LimitOptions,
): Promise<ReadReport | undefined> => {
  const script = fileURLToPath(new URL('stops/read-answer.js', import.meta.url));
  const child = fork(script, [name, String(bytes), JSON.stringify(limits)], {
    execArgv: NODE_OPTIONS,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  const reported = once(child, 'message').then(([report]: unknown[]) => report as ReadReport);
  const report = await Promise.race([reported, exited]);
  await exited;
  return report;
};

const measureLateness = async (body: string): Promise<number[]> => {
  const sandbox = await createSandbox(await moduleOf(body), { limits: { deadlineMs: DEADLINE_MS } });
  const late: number[] = [];
  for (let tried = 0; tried <= TRIES;) {
    const startMs = performance.now();
    const code = codeOf(() => sandbox.call('spin'));
    const lateMs = performance.now() - startMs - DEADLINE_MS;
    if (code === 'deadline') {
      if (tried > 0) late.push(lateMs); // the first call compiles the guest
      tried += 1;
    } else throw new Error(`ended with ${code}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  sandbox.close();
  late.sort((left, right) => left - right);
  return [0.5, 0.99, 1].map((share) => late[Math.min(late.length - 1, Math.floor(late.length * share))] ?? 0);
};

const codeOf = (call: () => unknown): string => {
  try {
    call();
    return 'ok';
  } catch (error) {
    return error instanceof SandboxError ? error.code : String(error);
  }
};

await main();
