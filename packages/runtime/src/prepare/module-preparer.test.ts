import { appendCustomSections, compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { METERING_LIMITS, meteringLimitsOf } from '../metering/metering-limits.ts';
import { DEFAULT_LIMITS } from '../metering/testing/default-limits.ts';
import { collectUntil } from '../testing/collect-garbage.ts';
import { failureOf } from '../testing/failure-of.ts';
import type { LoadTask } from './load-thread-messages.ts';
import { createLoadThread, type LoadThread } from './load-thread.ts';
import { createModulePreparer, type ModulePreparer } from './module-preparer.ts';
import type { PrepareOptions } from './prepare-module.ts';
import { createTurns, type Turns } from './turns.ts';

const LIMITS = meteringLimitsOf(DEFAULT_LIMITS);
const OPTIONS: PrepareOptions = { limits: LIMITS, rename: undefined };

/** In the load thread, or in turns of this thread if no thread can be started. */
const PLACES = ['thread', 'turns'] as const;

/** Creates a load thread that cannot be started. */
const noThread = (): LoadThread =>
  createLoadThread(() => {
    throw new Error('no threads here');
  });

interface Watched {
  readonly preparer: ModulePreparer;
  /** The tasks that the thread received. */
  readonly tasks: LoadTask['kind'][];
  /** How often work was started in turns of this thread. */
  readonly turnsBegun: () => number;
  readonly thread: LoadThread;
}

const watch = (place: (typeof PLACES)[number]): Watched => {
  const tasks: LoadTask['kind'][] = [];
  let begun = 0;
  const own = createTurns();
  const turns: Turns = {
    ...own,
    run: async (steps) => {
      begun += 1;
      return await own.run(steps);
    },
  };
  const real = place === 'thread' ? createLoadThread() : noThread();
  const thread: LoadThread = {
    ...real,
    run: async (task) => {
      if (place === 'thread') tasks.push(task.kind);
      return await real.run(task);
    },
  };
  return { preparer: createModulePreparer(turns, thread), tasks, turnsBegun: () => begun, thread };
};

/** The custom section of a module that is large enough for the thread. It has no other effect. */
const LARGE = 'x'.repeat(3 << 20);

const textOf = (answer: number): string =>
  `(module (func $id (param i32) (result i32) (local.get 0)) (func (export "answer") (result i32) (call $id (i32.const ${answer}))))`;

const moduleOf = async (text: string, padding = LARGE): Promise<Uint8Array<ArrayBuffer>> =>
  appendCustomSections(await compileWat(text), [{ name: 'padding', payload: padding }]);

/** `refusedModule` makes this module invalid: it replaces the constant with two instructions that do nothing. */
const MISTYPED = '(module (func (result i32) (i32.const 5)))';

const refusedModule = async (text: string, padding: string): Promise<Uint8Array<ArrayBuffer>> => {
  const bytes = await moduleOf(text, padding);
  if (text === MISTYPED) bytes.set([1, 1], Buffer.from(bytes).indexOf(Buffer.of(0x41, 5, 0x0b)));
  return bytes;
};

const prepare = async (
  preparer: ModulePreparer,
  bytes: Uint8Array,
  options: PrepareOptions = OPTIONS,
): Promise<WebAssembly.Module> => {
  const { prepared, warmed } = await preparer.prepare(await preparer.inspect(new Uint8Array(bytes)), options);
  if (!prepared.ok) throw new Error(`${prepared.code}: ${prepared.message}`);
  await warmed;
  return prepared.module;
};

const answerOf = (module: WebAssembly.Module): unknown => {
  const { exports } = new WebAssembly.Instance(module);
  (exports['plugwire:exchange_fuel'] as (fuel: number) => number)(1_000);
  return (exports['answer'] as () => number)();
};

describe.each(PLACES)('modules that are prepared in %s', (place) => {
  it('can be instantiated and called', async () => {
    const { preparer, tasks, thread } = watch(place);
    expect(answerOf(await prepare(preparer, await moduleOf(textOf(42))))).toBe(42);
    expect(tasks).toEqual(place === 'thread' ? ['inspect', 'prepare'] : []);
    thread.stop();
  });

  it('are prepared once for the same bytes and options while they are in use', async () => {
    const { preparer, tasks, turnsBegun, thread } = watch(place);
    const bytes = await moduleOf(textOf(1));
    const first = await Promise.all(Array.from({ length: 5 }, async () => await prepare(preparer, bytes)));
    expect(new Set(first).size).toBe(1);
    const preparedOnce = [tasks.filter((kind) => kind === 'prepare').length, turnsBegun()];
    expect(await prepare(preparer, bytes)).toBe(first[0]);
    const inspectedAgain = place === 'thread' ? 0 : 1;
    expect([tasks.filter((kind) => kind === 'prepare').length, turnsBegun()]).toEqual([
      preparedOnce[0],
      (preparedOnce[1] as number) + inspectedAgain,
    ]);
    thread.stop();
  });

  it('are prepared separately for other bytes, limits and names', async () => {
    const { preparer, thread } = watch(place);
    const bytes = await moduleOf(textOf(1));
    const modules = [
      await prepare(preparer, bytes),
      await prepare(preparer, await moduleOf(textOf(2))),
      await prepare(preparer, bytes, { ...OPTIONS, limits: { ...LIMITS, memoryBytes: 65_536 } }),
      await prepare(preparer, bytes, { ...OPTIONS, limits: { ...LIMITS, tableElements: 5 } }),
      await prepare(preparer, bytes, { ...OPTIONS, limits: { ...LIMITS, functionBytes: 500 } }),
      await prepare(preparer, bytes, { ...OPTIONS, rename: { from: 'a', to: 'b' } }),
      await prepare(preparer, bytes, { ...OPTIONS, rename: { from: 'a', to: 'c' } }),
    ];
    expect(new Set(modules).size).toBe(modules.length);
    thread.stop();
  });

  it.each(METERING_LIMITS.filter((name) => name !== 'moduleBytes'))(
    'are prepared again if this limit differs: %s',
    async (name) => {
      const { preparer, thread } = watch(place);
      const bytes = await moduleOf(textOf(1));
      const higher = { ...OPTIONS, limits: { ...LIMITS, [name]: LIMITS[name] + 1 } };
      expect(await prepare(preparer, bytes, higher)).not.toBe(await prepare(preparer, bytes));
      thread.stop();
    },
  );

  it('are refused if they exceed a limit, even if they were prepared with a higher one', async () => {
    const { preparer, thread } = watch(place);
    const inspected = async () => await preparer.inspect(await moduleOf(textOf(1)));
    const { prepared: accepted } = await preparer.prepare(await inspected(), OPTIONS);
    const lower = { ...OPTIONS, limits: { ...LIMITS, moduleFunctions: 1 } };
    const { prepared: refused } = await preparer.prepare(await inspected(), lower);
    expect([accepted, refused]).toMatchObject([{ ok: true }, { ok: false, code: 'too_many_definitions' }]);
    thread.stop();
  });

  it('are released when they are no longer in use', async () => {
    const { preparer, thread } = watch(place);
    const bytes = await moduleOf(textOf(1), 'x');
    const held = async (): Promise<WeakRef<object>> => new WeakRef(await prepare(preparer, bytes));
    const module = await held();
    expect(await collectUntil(() => module.deref() === undefined)).toBe(true);
    expect(answerOf(await prepare(preparer, bytes))).toBe(1);
    thread.stop();
  });

  it('are refused with the same codes and messages as small modules', async () => {
    const { preparer, thread } = watch(place);
    const small = createModulePreparer(createTurns(), noThread());
    const modules = [MISTYPED, '(module (memory 1000))', '(module (table 20000 funcref))'];
    for (const text of modules) {
      const [large, little] = await Promise.all([refusedModule(text, LARGE), refusedModule(text, '')]);
      const refusals = await Promise.all(
        [[preparer, large] as const, [small, little] as const].map(async ([by, bytes]) => {
          const { prepared } = await by.prepare(await by.inspect(bytes), OPTIONS);
          return prepared;
        }),
      );
      expect(refusals[0]).toMatchObject({ ok: false });
      expect(refusals[0]).toEqual(refusals[1]);
    }
    thread.stop();
  });
});

describe('a preparer', () => {
  it('prepares small modules in this thread, and sends them to the load thread only if it is running', async () => {
    const { preparer, tasks, thread } = watch('thread');
    const [tiny, small] = await Promise.all([
      moduleOf(textOf(1), ''),
      moduleOf(textOf(1), 'x'.repeat(40_000)),
    ]);
    await prepare(preparer, tiny);
    await prepare(preparer, small);
    expect(tasks).toEqual([]);
    await prepare(preparer, await moduleOf(textOf(2)));
    await prepare(preparer, await moduleOf(textOf(3), 'x'.repeat(40_000)));
    await prepare(preparer, await moduleOf(textOf(4), ''));
    expect(tasks).toEqual(['inspect', 'prepare', 'inspect', 'prepare']);
    thread.stop();
  });

  it('compiles functions that are slow to compile in the load thread, even in a small module', async () => {
    const { preparer, tasks, thread } = watch('thread');
    const slow = `(func (param i32) (local ${'i32 '.repeat(200)}) (if (i32.eqz (local.get 0)) (then (return))) (loop ${'(if (local.get 0) (then))'.repeat(5_000)}))`;
    await prepare(preparer, await compileWat(`(module ${slow})`));
    expect(tasks).toEqual(['warm']);
    thread.stop();
  });

  it('rejects a load if the thread ends, and the next load works', async () => {
    const { preparer, thread } = watch('thread');
    const bytes = await moduleOf(textOf(7));
    const inspected = await preparer.inspect(new Uint8Array(bytes));
    const refused = failureOf(preparer.prepare(inspected, OPTIONS));
    thread.stop();
    expect(await refused).toMatchObject({ stage: 'compile', code: 'load_thread_ended' });
    expect(answerOf(await prepare(preparer, bytes))).toBe(7);
    thread.stop();
  });
});
