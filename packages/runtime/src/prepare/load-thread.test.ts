import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';

import { compileWat } from '@plugwire/pdk-fixtures';
import { afterEach, describe, expect, it } from 'vitest';

import { meteringLimitsOf } from '../metering/metering-limits.ts';
import { DEFAULT_LIMITS } from '../metering/testing/default-limits.ts';
import { failureOf } from '../testing/failure-of.ts';
import { createLoadThread, type LoadThread } from './load-thread.ts';
import type { LoadTask } from './load-thread-messages.ts';

const LIMITS = meteringLimitsOf(DEFAULT_LIMITS);

const threads: LoadThread[] = [];
afterEach(() => {
  for (const thread of threads.splice(0)) thread.stop();
});

const openThread = (startWorker?: () => Worker): LoadThread => {
  const thread = createLoadThread(startWorker);
  threads.push(thread);
  return thread;
};

const inspecting = (bytes: Uint8Array<ArrayBuffer>): LoadTask => ({
  kind: 'inspect',
  bytes,
  place: { name: 'who.am.i', mostBytes: 8 },
});

const preparing = (bytes: Uint8Array<ArrayBuffer>): LoadTask => ({
  kind: 'prepare',
  bytes,
  options: { limits: LIMITS, rename: undefined },
});

const ENDED = { name: 'PluginLoadError', stage: 'compile', code: 'load_thread_ended' };

/** The program of a thread that reports that it is ready, and then runs `onMessage` for each message. */
const programOf = (onMessage: string): string =>
  `const { parentPort } = require('node:worker_threads');
  parentPort.on('message', (message) => { ${onMessage} });
  parentPort.postMessage({ kind: 'ready', proof: new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) });`;

/** Answers each message like an inspection. */
const ANSWER = 'parentPort.postMessage({ kind: "inspected", number: message.number, inspected: {} });';
const PREPARE_AND_END = `parentPort.postMessage({ kind: 'prepared', number: message.number, prepared: { ok: true } });
  setImmediate(() => process.exit(0));`;

const startProgram = (onMessage: string) => () =>
  new Worker(programOf(onMessage), { eval: true, resourceLimits: { maxOldGenerationSizeMb: 32 } });

describe('the load thread', () => {
  it('inspects bytes and returns them', async () => {
    const bytes = Uint8Array.of(1, 2, 3);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const answer = await openThread().run(inspecting(bytes));
    expect(answer).toEqual({
      kind: 'inspected',
      number: 1,
      inspected: { sha256, identity: { kind: 'not_wasm', bytes: 0 }, bytes: Uint8Array.of(1, 2, 3) },
    });
    expect(bytes).toHaveLength(0);
  });

  it('prepares modules that work in this thread, and compiles their functions', async () => {
    const bytes = await compileWat('(module (func (export "three") (result i32) (i32.const 3)))');
    const answer = await openThread().run(preparing(bytes));
    if (answer?.kind !== 'prepared' || !answer.prepared.ok) throw new Error('it was not prepared');
    const { module, metered } = answer.prepared;
    expect(metered).toMatchObject({ functions: 1, exportedFunctions: [{ name: 'three' }] });
    await answer.warmed;
    const { exports } = new WebAssembly.Instance(module);
    (exports['plugwire:exchange_fuel'] as (fuel: number) => number)(1_000);
    expect((exports['three'] as () => number)()).toBe(3);
  });

  it('refuses modules with the codes and messages of metering', async () => {
    const answer = await openThread().run(preparing(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 99)));
    expect(answer).toMatchObject({
      kind: 'prepared',
      prepared: { ok: false, code: 'invalid_module', message: expect.stringContaining('at byte') },
    });
  });

  it('can work on several tasks at once', async () => {
    const thread = openThread();
    const module = await compileWat('(module (func (export "f")))');
    const tasks = [preparing(module.slice()), inspecting(module.slice()), preparing(module.slice())];
    const answers = await Promise.all(tasks.map(async (task) => await thread.run(task)));
    expect(answers.map((answer) => answer?.kind)).toEqual(['prepared', 'inspected', 'prepared']);
  });
});

describe('a load thread that ends', () => {
  it('rejects its open tasks, and the next task starts a new thread', async () => {
    const programs = ['process.exit(0)', ANSWER];
    const thread = openThread(() => startProgram(programs.shift() as string)());
    const tasks = [1, 2, 3].map(async () => await failureOf(thread.run(inspecting(new Uint8Array(3)))));
    for (const failure of await Promise.all(tasks)) expect(failure).toMatchObject(ENDED);
    expect(await thread.run(inspecting(new Uint8Array(3)))).toMatchObject({ kind: 'inspected' });
  });

  it('rejects its open task if it throws', async () => {
    const thread = openThread(startProgram('throw new Error("secret")'));
    const failure = await failureOf(thread.run(inspecting(new Uint8Array(3))));
    expect(failure).toMatchObject(ENDED);
    expect(String(failure['message'])).not.toContain('secret');
  });

  it.skipIf('Bun' in globalThis)(
    'rejects its open task if it runs out of memory (not on Bun, which ignores resourceLimits)',
    async () => {
      const program = 'const all = []; for (;;) all.push(new Array(1e6).fill(message));';
      const failure = await failureOf(openThread(startProgram(program)).run(inspecting(new Uint8Array(3))));
      expect(failure).toMatchObject(ENDED);
    },
  );

  it('rejects `warmed` of a module whose functions it was compiling', async () => {
    const thread = openThread(startProgram(PREPARE_AND_END));
    const answer = await thread.run(preparing(new Uint8Array(3)));
    if (answer?.kind !== 'prepared') throw new Error('it was not prepared');
    expect(await failureOf(answer.warmed)).toMatchObject(ENDED);
  });

  it('rejects its open task when it is stopped', async () => {
    const thread = openThread(startProgram(''));
    const running = failureOf(thread.run(inspecting(new Uint8Array(3))));
    while (!thread.isReady()) await new Promise(setImmediate);
    thread.stop();
    expect(await running).toMatchObject(ENDED);
    expect(thread.isReady()).toBe(false);
  });
});

describe('a load thread that does not start', () => {
  const MISSING = new URL('file:///nowhere/load-worker.js');

  it.each<[string, () => Worker]>([
    ['has no file', () => new Worker(MISSING)],
    [
      'is forbidden',
      () => {
        throw new Error('no threads here');
      },
    ],
    ['ends at once', () => new Worker('process.exit(0)', { eval: true })],
    [
      'cannot post modules',
      () =>
        new Worker('require("node:worker_threads").parentPort.postMessage({ kind: "ready" })', {
          eval: true,
        }),
    ],
  ])('leaves the bytes unchanged and is not started again if it %s', async (_, startWorker) => {
    let started = 0;
    const thread = openThread(() => {
      started += 1;
      return startWorker();
    });
    const bytes = Uint8Array.of(1, 2, 3);
    expect(await thread.run(inspecting(bytes))).toBeUndefined();
    expect(await thread.run(inspecting(bytes))).toBeUndefined();
    expect([...bytes]).toEqual([1, 2, 3]);
    expect(started).toBe(1);
  });
});
