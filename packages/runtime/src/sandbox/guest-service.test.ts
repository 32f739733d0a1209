import { behave, type Behaviour } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { resolveLimits } from '../base/limits.ts';
import { collectUntil } from '../testing/collect-garbage.ts';
import { failureOfCall } from '../testing/failure-of.ts';
import type { GuestInstance } from './instance/guest-instance.ts';
import { textOf } from './testing/call-ends.ts';
import { openFunctions } from './testing/open-sandbox.ts';
import { createGuestService, type GuestService, INSTANCE_MODES } from './guest-service.ts';

const calling = (name: string, run: () => void) =>
  defineHostFunction({
    name,
    run: () => {
      run();
    },
  });

describe('a call from inside a call', () => {
  it('is refused by the same sandbox, and the outer call continues', async () => {
    let inner: Record<string, unknown> = {};
    const again = calling('again', () => {
      inner = failureOfCall(() => sandbox.call('run', 'inner'));
    });
    const guest = { run: behave.sequence(behave.callHostFunction({ name: 'again' }), behave.echo()) };
    const sandbox = await openFunctions(guest, { hostFunctions: [again] });
    expect(textOf(sandbox.call('run', 'outer'))).toBe('outer');
    expect(inner).toMatchObject({ name: 'SandboxError', code: 'reentrant_call' });
    expect(textOf(sandbox.call('run', 'next'))).toBe('next');
  });

  it('to the same sandbox, not caught, fails the outer one as a host function that throws', async () => {
    const again = calling('again', () => void sandbox.call('run'));
    const sandbox = await openFunctions(
      { run: behave.callHostFunction({ name: 'again' }) },
      { hostFunctions: [again] },
    );
    expect(failureOfCall(() => sandbox.call('run'))).toMatchObject({ code: 'host_function_failed' });
  });

  it('works in another sandbox, and its failures do not affect the outer call', async () => {
    const other = await openFunctions({ shout: behave.answerText('from the other'), trap: behave.trap() });
    let inner: Record<string, unknown> = {};
    const ask = defineHostFunction({
      name: 'ask',
      result: 'bytes?',
      run: () => {
        inner = failureOfCall(() => other.call('trap'));
        return other.call('shout') ?? undefined;
      },
    });
    const guest = { run: behave.callHostFunction({ name: 'ask', result: 'i64', answersResult: true }) };
    const sandbox = await openFunctions(guest, { hostFunctions: [ask] });
    expect(textOf(sandbox.call('run'))).toBe('from the other');
    expect(inner).toMatchObject({ code: 'unreachable' });
  });

  it('through another sandbox back to the same one is refused', async () => {
    const codes: unknown[] = [];
    const toOther = calling('f', () => void codes.push(failureOfCall(() => two.call('back')).code));
    const toFirst = calling('f', () => void codes.push(failureOfCall(() => one.call('out')).code));
    const one = await openFunctions(
      { out: behave.callHostFunction({ name: 'f' }) },
      { hostFunctions: [toOther] },
    );
    const two = await openFunctions(
      { back: behave.callHostFunction({ name: 'f' }) },
      { hostFunctions: [toFirst] },
    );
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
    const sandbox = await openFunctions(
      { run: deep, fine: behave.answerText('fine') },
      // Time enough for a slow machine to get to the end of its stack.
      { hostFunctions: [nothing], limits: { deadlineMs: 60_000 } },
    );
    expect(failureOfCall(() => sandbox.call('run'))).toMatchObject({ code: 'stack_overflow' });
    expect(textOf(sandbox.call('fine'))).toBe('fine');
  });
});

describe('a closed service', () => {
  const instance = (): GuestInstance => ({
    call: () => ({ ok: true, output: null, deadlineMs: Infinity, hasLeft: false }),
    fuelUsed: () => ({ last: 7, total: 7 }),
    memoryBytes: () => 65_536,
    save: () => undefined,
    restore: () => undefined,
    isReady: () => true,
    prepare: () => undefined,
  });

  it.each(INSTANCE_MODES)('releases its instance and still reports its usage: %s', async (mode) => {
    const held: WeakRef<GuestInstance>[] = [];
    const services: GuestService[] = [];
    for (let at = 0; at < 5; at += 1) {
      const created = instance();
      held.push(new WeakRef(created));
      const service = createGuestService(created, { mode });
      service.call('run', '', resolveLimits(), { read: (output) => output });
      service.close();
      services.push(service);
    }
    const isHeld = (each: WeakRef<GuestInstance>): boolean => each.deref() !== undefined;
    // The last may still be in a register of this very function.
    expect(await collectUntil(() => held.filter(isHeld).length <= 1)).toBe(true);
    for (const service of services)
      expect(service.usage()).toEqual({ lastFuel: 7, totalFuel: 7, memoryBytes: 65_536 });
  });
});
