import { behave, type Behaviour, buildPlugin, type HostCall } from '@plugwire/pdk-fixtures';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import wabt from 'wabt';

import { createSandbox, type Sandbox, type SandboxOptions } from './create-sandbox.ts';
import type { GuestMemory, HostFunction, HostFunctions } from './host-function.ts';

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

const open = async (functions: Record<string, Behaviour>, options?: SandboxOptions): Promise<Sandbox> =>
  await createSandbox(
    await buildPlugin({ identity: 'none', handshake: 'none', selfCheck: 'none', functions }),
    options,
  );

const userFunctions = (functions: Record<string, HostFunction>): HostFunctions => ({
  'extism:host/user': functions,
});

const settle = async (): Promise<void> => {
  for (let turns = 0; turns < 20; turns += 1) {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
};

const textOf = (output: Uint8Array | null): string | null =>
  output === null ? null : Buffer.from(output).toString();

const failureOf = (call: () => unknown): Record<string, unknown> => {
  try {
    return { answer: call() };
  } catch (error) {
    return { ...(error as object), message: (error as Error).message };
  }
};

/** Calls one host function from a guest and gives what the guest answers, or how it fails. */
const callOne = async (
  run: unknown,
  call: Partial<HostCall> = {},
  options: SandboxOptions = {},
): Promise<Record<string, unknown>> => {
  const guest = { run: behave.callHostFunction({ name: 'f', ...call }) };
  const sandbox = await open(guest, { ...options, hostFunctions: userFunctions({ f: run as HostFunction }) });
  const failure = failureOf(() => textOf(sandbox.call('run', 'the input')));
  await settle();
  return failure;
};

describe('a host function', () => {
  it('reads its arguments and answers with a block', async () => {
    const shout: HostFunction = (memory, handle) =>
      memory.store((memory.readText(handle as bigint) ?? '').toUpperCase());
    const call = { args: ['grüß dich'], result: 'i64', answersResult: true } as const;
    expect(await callOne(shout, call)).toEqual({ answer: 'GRÜSS DICH' });
  });

  it('gets numbers and bigints as its guest passes them', async () => {
    const seen: unknown[] = [];
    const note: HostFunction = (_, ...values) => void seen.push(...values);
    const args = [-1, 2n ** 63n - 1n, { type: 'f64', value: 0.5 }, { type: 'f32', value: 1.5 }] as const;
    await callOne(note, { args });
    expect(seen).toEqual([-1, 2n ** 63n - 1n, 0.5, 1.5]);
  });

  it('reads copies: what it changes does not reach the guest', async () => {
    const spoil: HostFunction = (memory, handle) => {
      memory.read(handle as bigint)?.fill(0);
      return handle;
    };
    const call = { args: ['unspoilt'], result: 'i64', answersResult: true } as const;
    expect(await callOne(spoil, call)).toEqual({ answer: 'unspoilt' });
  });

  it.each<[string, (memory: GuestMemory, handle: bigint) => unknown, unknown]>([
    [
      'the bytes behind a handle',
      (memory, handle) => memory.read(handle),
      new Uint8Array(Buffer.from('ab\u00ff')),
    ],
    ['the text behind a handle', (memory, handle) => memory.readText(handle), 'ab\u00ff'],
    ['nothing behind 0', (memory) => memory.read(0n), undefined],
    ['nothing behind the middle of a block', (memory, handle) => memory.read(handle + 1n), undefined],
    ['nothing behind a negative handle', (memory) => memory.read(-1n), undefined],
    [
      'nothing behind a handle that wraps to a block',
      (memory, handle) => memory.read(handle + 2n ** 32n),
      undefined,
    ],
    ['nothing behind the kernel’s own memory', (memory) => memory.read(256n), undefined],
    ['nothing behind a number', (memory, handle) => memory.read(Number(handle) as never), undefined],
    ['no text behind 0', (memory) => memory.readText(0n), undefined],
    ['an empty block that it stored', (memory) => memory.read(memory.store('')), new Uint8Array()],
    [
      'bytes that it stored',
      (memory) => memory.read(memory.store(Uint8Array.of(0, 255))),
      Uint8Array.of(0, 255),
    ],
    ['text that it stored', (memory) => memory.readText(memory.store('\uFEFF🌍')), '\uFEFF🌍'],
    [
      'no text where the bytes are no UTF-8',
      (memory) => memory.readText(memory.store(Uint8Array.of(0xff))),
      undefined,
    ],
    ['U+FFFD where it was written so', (memory) => memory.readText(memory.store('\uFFFD')), '\uFFFD'],
  ])('finds %s', async (_, find, expected) => {
    let found: unknown = 'it did not run';
    const look: HostFunction = (memory, handle) => {
      found = find(memory, handle as bigint);
      return undefined;
    };
    await callOne(look, { args: [Buffer.from('ab\u00ff')] });
    expect(found).toEqual(expected);
  });

  it('finds nothing behind a freed handle', async () => {
    let found: unknown = 'it did not run';
    const look: HostFunction = (memory, handle) => {
      found = memory.read(handle as bigint);
      return undefined;
    };
    const freeThenCall: Behaviour = {
      writeBody: (guest) => {
        const f = guest.importFunction('extism:host/user', 'f', '(param i64)');
        return `(local $block i64) (local.set $block (call $env.alloc (i64.const 8)))
          (call $env.free (local.get $block)) (call ${f} (local.get $block)) (i32.const 0)`;
      },
    };
    const sandbox = await open({ run: freeThenCall }, { hostFunctions: userFunctions({ f: look }) });
    sandbox.call('run');
    expect(found).toBeUndefined();
  });

  it('ends the call with memory if what it stores has no room', async () => {
    const store: HostFunction = (memory) => memory.store('x'.repeat(2000));
    const limits = { kernelMemoryBytes: 2000 };
    expect(await callOne(store, { result: 'i64' }, { limits })).toMatchObject({
      name: 'SandboxError',
      code: 'memory',
    });
  });

  it('ends the call with memory even if it swallows the exception', async () => {
    const store: HostFunction = (memory) => {
      try {
        return memory.store('x'.repeat(2000));
      } catch {
        return 0n;
      }
    };
    const limits = { kernelMemoryBytes: 2000 };
    expect(await callOne(store, { result: 'i64' }, { limits })).toMatchObject({ code: 'memory' });
  });

  it('may keep the memory past its call, and does the next call no harm with it', async () => {
    let kept: GuestMemory | undefined;
    const keep: HostFunction = (memory) => {
      kept = memory;
      return undefined;
    };
    const guest = { run: behave.sequence(behave.callHostFunction({ name: 'keep' }), behave.echo()) };
    const limits = { kernelMemoryBytes: 2000 };
    const sandbox = await open(guest, { hostFunctions: userFunctions({ keep }), limits });
    expect(textOf(sandbox.call('run', 'first'))).toBe('first');
    expect(() => kept?.store('x'.repeat(3000))).toThrow('memory');
    expect(textOf(sandbox.call('run', 'second'))).toBe('second');
  });

  it('may be in any namespace and have any name', async () => {
    const hostFunctions = { env: { 'a b': () => undefined }, 'my:host/things': { constructor: () => 0 } };
    const guest = behave.sequence(
      behave.callHostFunction({ namespace: 'env', name: 'a b' }),
      behave.callHostFunction({ namespace: 'my:host/things', name: 'constructor', result: 'i32' }),
      behave.answerText('fine'),
    );
    const sandbox = await open({ run: guest }, { hostFunctions });
    expect(textOf(sandbox.call('run'))).toBe('fine');
  });

  it('is not changed by being used: nothing of it is called but itself', async () => {
    const frozen: HostFunction = Object.freeze(
      Object.assign(() => undefined, { bind: 7, call: 7, apply: 7 }),
    );
    expect(await callOne(frozen)).toEqual({ answer: null });
  });

  it('may serve several sandboxes, each with its own memory', async () => {
    const shout: HostFunction = (memory, handle) =>
      memory.store((memory.readText(handle as bigint) ?? '').toUpperCase());
    const hostFunctions = userFunctions({ shout });
    const guest = (text: string) => ({
      run: behave.callHostFunction({ name: 'shout', args: [text], result: 'i64', answersResult: true }),
    });
    const [one, other] = [
      await open(guest('one'), { hostFunctions }),
      await open(guest('other'), { hostFunctions }),
    ];
    expect([textOf(one.call('run')), textOf(other.call('run')), textOf(one.call('run'))]).toEqual([
      'ONE',
      'OTHER',
      'ONE',
    ]);
  });
});

describe('a host function that fails', () => {
  const SECRET = 'SECRET';

  it.each<[string, () => unknown, Partial<HostCall>]>([
    [
      'throws',
      () => {
        throw new Error(SECRET);
      },
      {},
    ],
    [
      'throws a string',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- a host may do so
        throw SECRET;
      },
      {},
    ],
    [
      'throws nothing',
      () => {
        // oxlint-disable-next-line typescript/only-throw-error -- a host may do so
        throw undefined;
      },
      {},
    ],
    [
      'throws what looks like a trap',
      () => {
        throw new WebAssembly.RuntimeError('unreachable');
      },
      {},
    ],
    ['throws a RangeError of its own', () => 'x'.repeat(-1), {}],
    ['returns a promise', async () => await Promise.resolve(0n), { result: 'i64' }],
    ['returns a promise where nothing is expected', async () => await Promise.resolve(), {}],
    ['returns a promise that rejects', () => Promise.reject(new Error(SECRET)), {}],
    ['returns a string', () => SECRET, { result: 'i64' }],
    ['returns an object', () => ({ valueOf: () => 1 }), { result: 'i32' }],
    ['returns null', () => null, { result: 'i32' }],
    ['returns true', () => true, { result: 'i32' }],
    ['returns a number where i64 is expected', () => 1, { result: 'i64' }],
    ['returns a bigint where i32 is expected', () => 1n, { result: 'i32' }],
    ['returns nothing where i64 is expected', () => undefined, { result: 'i64' }],
  ])('ends the call with host_function_failed: one that %s', async (_, run, call) => {
    // An async function by its constructor is refused before; a plain one that returns a promise is not seen.
    const failure = await callOne(() => run(), call);
    expect(failure).toMatchObject({ name: 'SandboxError', code: 'host_function_failed' });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  it('cannot be caught by the guest: a module that catches is refused', async () => {
    const { parseWat } = await wabt();
    const text = `(module (import "extism:host/user" "f" (func $f (result i64)))
      (func (export "run") (result i32) (try (do (drop (call $f))) (catch_all)) (i32.const 0)))`;
    const module = parseWat('catch.wat', text, { exceptions: true });
    const bytes = Uint8Array.from(module.toBinary({}).buffer);
    module.destroy();
    const opening = createSandbox(bytes, { hostFunctions: userFunctions({ f: () => 0n }) });
    await expect(opening).rejects.toMatchObject({ stage: 'compile', code: 'unsupported_feature' });
  });

  it('may fail every time, and the sandbox goes on', async () => {
    const guest = { run: behave.callHostFunction({ name: 'f' }), fine: behave.answerText('fine') };
    const fail: HostFunction = () => {
      throw new Error(SECRET);
    };
    const sandbox = await open(guest, { hostFunctions: userFunctions({ f: fail }) });
    for (let times = 0; times < 50; times += 1) {
      await settle();
      expect(failureOf(() => sandbox.call('run'))).toMatchObject({ code: 'host_function_failed' });
    }
    await settle();
    expect(textOf(sandbox.call('fine'))).toBe('fine');
  });

  it('has what it returns ignored where the guest expects nothing', async () => {
    expect(await callOne(() => 7n)).toEqual({ answer: null });
    expect(await callOne(() => 7)).toEqual({ answer: null });
  });
});

describe('host functions that are refused where they are given', () => {
  it.each<[string, unknown]>([
    ['an async function', { user: { f: async () => await Promise.resolve(1) } }],
    ['what is no function', { user: { f: 'f' } }],
    ['nothing', { user: { f: undefined } }],
    [
      'a capability that is no name',
      { user: { f: Object.assign(() => undefined, { capability: 'No Name' }) } },
    ],
    ['a capability that is no text', { user: { f: Object.assign(() => undefined, { capability: 7 }) } }],
    ['the kernel’s namespace', { 'extism:host/env': { alloc: () => 1n } }],
    ['the link’s namespace', { 'plugwire:kernel': {} }],
    ['WASI', { wasi_snapshot_preview1: { proc_exit: () => undefined } }],
    ['a namespace that is null', { user: null }],
    ['namespaces that are null', null],
  ])('%s', async (_, hostFunctions) => {
    const bytes = await buildPlugin({});
    await expect(
      createSandbox(bytes, { hostFunctions: hostFunctions as HostFunctions }),
    ).rejects.toMatchObject({
      name: 'PlugwireUsageError',
      code: 'bad_host_function',
    });
  });
});
