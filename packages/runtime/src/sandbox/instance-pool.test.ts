import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from './create-sandbox.ts';

const open = async (functions: Record<string, Behaviour>, options?: SandboxOptions): Promise<Sandbox> =>
  await createSandbox(
    await buildPlugin({ identity: 'none', handshake: 'none', selfCheck: 'none', functions }),
    options,
  );

const calling = (name: string, run: () => void) =>
  defineHostFunction({
    name,
    run: () => {
      run();
    },
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

describe('a call from inside a call', () => {
  it('to the same sandbox is refused, and the outer one goes on', async () => {
    let inner: Record<string, unknown> = {};
    const again = calling('again', () => {
      inner = failureOf(() => sandbox.call('run', 'inner'));
    });
    const guest = { run: behave.sequence(behave.callHostFunction({ name: 'again' }), behave.echo()) };
    const sandbox = await open(guest, { hostFunctions: [again] });
    expect(textOf(sandbox.call('run', 'outer'))).toBe('outer');
    expect(inner).toMatchObject({ name: 'SandboxError', code: 'reentrant_call' });
    expect(textOf(sandbox.call('run', 'next'))).toBe('next');
  });

  it('to the same sandbox, not caught, fails the outer one as a host function that throws', async () => {
    const again = calling('again', () => void sandbox.call('run'));
    const sandbox = await open(
      { run: behave.callHostFunction({ name: 'again' }) },
      { hostFunctions: [again] },
    );
    expect(failureOf(() => sandbox.call('run'))).toMatchObject({ code: 'host_function_failed' });
  });

  it('to another sandbox works, and its failures stay there', async () => {
    const other = await open({ shout: behave.answerText('from the other'), trap: behave.trap() });
    let inner: Record<string, unknown> = {};
    const ask = defineHostFunction({
      name: 'ask',
      result: 'bytes?',
      run: () => {
        inner = failureOf(() => other.call('trap'));
        return other.call('shout') ?? undefined;
      },
    });
    await settle();
    const guest = { run: behave.callHostFunction({ name: 'ask', result: 'i64', answersResult: true }) };
    const sandbox = await open(guest, { hostFunctions: [ask] });
    expect(textOf(sandbox.call('run'))).toBe('from the other');
    expect(inner).toMatchObject({ code: 'unreachable' });
  });

  it('through another sandbox back to the same one is refused', async () => {
    const codes: unknown[] = [];
    const toOther = calling('f', () => void codes.push(failureOf(() => two.call('back')).code));
    const toFirst = calling('f', () => void codes.push(failureOf(() => one.call('out')).code));
    const one = await open({ out: behave.callHostFunction({ name: 'f' }) }, { hostFunctions: [toOther] });
    const two = await open({ back: behave.callHostFunction({ name: 'f' }) }, { hostFunctions: [toFirst] });
    expect(one.call('out')).toBeNull();
    expect(codes).toEqual(['reentrant_call', undefined]);
  });

  it('in a guest that recurses through the host ends as a stack overflow of the guest', async () => {
    // Deep itself, so that the stack ends in the host function and not in the guest.
    const nest = (levels: number): number => (levels === 0 ? 0 : 1 + nest(levels - 1));
    const nothing = calling('f', () => void nest(1000));
    const deep: Behaviour = {
      writeBody: (guest) => {
        const f = guest.importFunction('extism:host/user', 'f', '');
        guest.field(`(func $deep (call ${f}) (call $deep) (call ${f}))`);
        return '(call $deep) (i32.const 0)';
      },
    };
    const sandbox = await open(
      { run: deep, fine: behave.answerText('fine') },
      // Time enough for a slow machine to get to the end of its stack.
      { hostFunctions: [nothing], limits: { deadlineMs: 60_000 } },
    );
    await settle();
    expect(failureOf(() => sandbox.call('run'))).toMatchObject({ code: 'stack_overflow' });
    expect(textOf(sandbox.call('fine'))).toBe('fine');
  });
});
