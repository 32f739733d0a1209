import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import wabt from 'wabt';

import { defineHostFunction, type HostFunction } from '../../host-functions/define-host-function.ts';
import { HostFunctionError } from '../../host-functions/host-function-error.ts';
import { callFromGuest } from '../../host-functions/testing/call-from-guest.ts';
import { turn } from '../../testing/turn.ts';
import { createSandbox } from '../create-sandbox.ts';
import { codeOf, textOf } from '../testing/call-ends.ts';
import { openFunctions } from '../testing/open-sandbox.ts';
import { useFakeClock } from '../../testing/use-fake-clock.ts';

const rejections: unknown[] = [];
const noteRejection = (reason: unknown): void => void rejections.push(reason);
beforeEach(() => {
  process.on('unhandledRejection', noteRejection);
});
afterEach(() => {
  process.off('unhandledRejection', noteRejection);
  const left = rejections.splice(0).length;
  if (left > 0) throw new Error(`${left} promises were left to reject`);
});

describe('a host function', () => {
  it('may be in any namespace and have any name', async () => {
    const hostFunctions = [
      defineHostFunction({ namespace: 'env', name: 'a b', run: () => {} }),
      defineHostFunction({ namespace: 'my:host/things', name: 'constructor', result: 'i32', run: () => 0 }),
    ];
    const guest = behave.sequence(
      behave.callHostFunction({ namespace: 'env', name: 'a b' }),
      behave.callHostFunction({ namespace: 'my:host/things', name: 'constructor', result: 'i32' }),
      behave.answerText('fine'),
    );
    const sandbox = await openFunctions({ run: guest }, { hostFunctions });
    expect(textOf(sandbox.call('run'))).toBe('fine');
  });

  it('is called as it is: nothing else of it is touched', async () => {
    const run = Object.freeze(Object.assign(() => undefined, { bind: 7, call: 7, apply: 7 }));
    expect(await callFromGuest(defineHostFunction({ name: 'f', run }))).not.toHaveProperty('code');
  });

  it('gets nothing for a freed handle: the call ends with bad_handle', async () => {
    const freeThenCall: Behaviour = {
      writeBody: (guest) => {
        const f = guest.importFunction('extism:host/user', 'f', '(param i64)');
        return `(local $block i64) (local.set $block (call $env.alloc (i64.const 8)))
          (call $env.free (local.get $block)) (call ${f} (local.get $block)) (i32.const 0)`;
      },
    };
    const f = defineHostFunction({ name: 'f', parameters: ['bytes'], run: () => {} });
    const sandbox = await openFunctions({ run: freeThenCall }, { hostFunctions: [f] });
    expect(codeOf(() => sandbox.call('run'))).toBe('bad_handle');
  });
});

const SECRET = 'SECRET';
const THEN = ['then', () => undefined] as const;
const throwing = (make: () => unknown) => () => {
  throw make();
};
const hostile: ProxyHandler<object> = {
  get: throwing(() => SECRET),
  has: throwing(() => SECRET),
  getPrototypeOf: throwing(() => SECRET),
  getOwnPropertyDescriptor: throwing(() => SECRET),
  ownKeys: throwing(() => SECRET),
};
class HostilePromise extends Promise<unknown> {
  static override get [Symbol.species](): never {
    throw new Error(SECRET);
  }
}

describe('a host function that fails', () => {
  /** What is thrown or returned, in a list, so that no test title looks into it. */
  const thrown: readonly [string, () => unknown][] = [
    ['an error', throwing(() => new Error(SECRET))],
    [
      'an error for the guest, which no declaration lets through',
      throwing(() => new HostFunctionError(SECRET)),
    ],
    ['a string', throwing(() => SECRET)],
    ['nothing', throwing(() => undefined)],
    ['null', throwing(() => null)],
    ['what looks like a trap', throwing(() => new WebAssembly.RuntimeError('unreachable'))],
    ['a RangeError of its own', () => 'x'.repeat(-1)],
    ['a proxy that throws whatever is asked', throwing(() => new Proxy({}, hostile))],
    ['a proxy of a function', throwing(() => new Proxy(() => {}, hostile))],
    [
      'an object whose getters throw',
      throwing(() =>
        Object.defineProperties(
          {},
          { message: { get: throwing(() => SECRET) }, code: { get: throwing(() => SECRET) } },
        ),
      ),
    ],
    [
      'a RangeError whose message throws',
      throwing(() =>
        Object.defineProperty(new RangeError(), 'message', { get: throwing(() => new Error(SECRET)) }),
      ),
    ],
    ['a revoked proxy', throwing(revokedProxy)],
  ];

  it.each(thrown)('ends the call with host_function_failed: one that throws %s', async (_, run) => {
    const call = await callFromGuest(defineHostFunction({ name: 'f', run: run as () => undefined }));
    expect(call).toMatchObject({ code: 'host_function_failed' });
    expect(JSON.stringify(call)).not.toContain(SECRET);
  });

  const returned: readonly [string, () => unknown][] = [
    ['a promise', async () => await Promise.resolve(0n)],
    ['a promise that rejects', () => Promise.reject(new Error(SECRET))],
    ['a promise with a constructor of its own', () => HostilePromise.resolve(0n)],
    ['what has a then', () => Object.fromEntries([THEN])],
    ['what throws when asked for its then', () => new Proxy({}, hostile)],
    ['a revoked proxy', revokedProxy],
  ];

  it.each(returned)('ends the call with host_function_failed: one that returns %s', async (_, run) => {
    const json = (await import('zod')).z.unknown();
    const functions: HostFunction[] = [
      defineHostFunction({ name: 'f', run: () => run() as undefined }),
      defineHostFunction({ name: 'f', result: 'i64', run: () => run() as bigint }),
      defineHostFunction({ name: 'f', result: 'text', run: () => run() as string }),
    ];
    for (const f of functions) expect(await callFromGuest(f)).toMatchObject({ code: 'host_function_failed' });
    // As JSON an object of any kind may be an answer, but it neither throws nor leaves a promise behind.
    await callFromGuest(defineHostFunction({ name: 'f', result: json, run: () => run() }));
    // Rejections are reported before the next turn.
    await turn();
  });

  it('cannot be caught by the guest: a module that catches is refused', async () => {
    const { parseWat } = await wabt();
    const text = `(module (import "extism:host/user" "f" (func $f (result i64)))
      (func (export "run") (result i32) (try (do (drop (call $f))) (catch_all)) (i32.const 0)))`;
    const module = parseWat('catch.wat', text, { exceptions: true });
    const bytes = Uint8Array.from(module.toBinary({}).buffer);
    module.destroy();
    const f = defineHostFunction({ name: 'f', result: 'i64', run: () => 0n });
    await expect(createSandbox(bytes, { hostFunctions: [f] })).rejects.toMatchObject({
      stage: 'compile',
      code: 'unsupported_feature',
    });
  });

  it('may fail every time, and the sandbox goes on', async () => {
    const guest = { run: behave.callHostFunction({ name: 'f' }), fine: behave.answerText('fine') };
    const f = defineHostFunction({ name: 'f', run: throwing(() => new Error(SECRET)) });
    const sandbox = await openFunctions(guest, { hostFunctions: [f] });
    for (let times = 0; times < 50; times += 1) {
      expect(codeOf(() => sandbox.call('run'))).toBe('host_function_failed');
    }
    expect(textOf(sandbox.call('fine'))).toBe('fine');
  });
});

describe('a host function that overruns the deadline', () => {
  const limits = { deadlineMs: 10 };
  beforeEach(() => {
    useFakeClock();
  });

  it('fails the call when it returns, and its guest does not go on', async () => {
    const steps: string[] = [];
    const hostFunctions = [
      defineHostFunction({
        name: 'slow',
        run: () => {
          steps.push('slow');
          vi.advanceTimersByTime(15);
        },
      }),
      defineHostFunction({ name: 'next', run: () => void steps.push('went on') }),
    ];
    const run = behave.sequence(
      behave.callHostFunction({ name: 'slow' }),
      behave.callHostFunction({ name: 'next' }),
    );
    const sandbox = await openFunctions({ run }, { hostFunctions, limits });
    expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
    expect(steps).toEqual(['slow']);
  });

  it('fails it even where the time was spent in many short ones', async () => {
    let calls = 0;
    const brief = defineHostFunction({
      name: 'f',
      run: () => {
        calls += 1;
        vi.advanceTimersByTime(1);
      },
    });
    const forever: Behaviour = {
      writeBody: (guest) => {
        const f = guest.importFunction('extism:host/user', 'f', '');
        return `(loop $again (call ${f}) (br $again)) (unreachable)`;
      },
    };
    const sandbox = await openFunctions({ run: forever }, { hostFunctions: [brief], limits });
    expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
    expect(calls).toBe(10);
  });
});

describe('host functions that are refused where they are given', () => {
  const given = defineHostFunction({ name: 'f', run: () => {} });

  it.each<[string, unknown]>([
    ['an object of namespaces', { 'extism:host/user': { f: () => undefined } }],
    ['nothing', null],
    ['a bare function', [() => undefined]],
    ['an imitation', [{ ...given }]],
    ['null in the list', [null]],
    ['the same one twice', [given, given]],
    ['two of one name', [given, defineHostFunction({ name: 'f', result: 'i32', run: () => 0 })]],
  ])('%s', async (_, hostFunctions) => {
    const bytes = await buildPlugin({});
    await expect(createSandbox(bytes, { hostFunctions: hostFunctions as never })).rejects.toMatchObject({
      name: 'PlugwireUsageError',
      code: 'bad_host_function',
    });
  });
});

function revokedProxy(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
