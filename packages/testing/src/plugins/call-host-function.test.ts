import { defineHostFunction, HostFunctionError, type ParameterType } from '@plugwire/runtime';
import { describe, expect, expectTypeOf, it, vi } from 'vitest';
import { z } from 'zod';

import { callHostFunction, type HostCallOutcome } from './call-host-function.ts';
import { useFakeClock } from '../../../runtime/src/testing/use-fake-clock.ts';

const place = z.strictObject({ country: z.string() });
const lookup = defineHostFunction({
  name: 'geo_lookup',
  capability: 'geo',
  parameters: ['text', z.strictObject({ language: z.string() })],
  result: place,
  onError: 'error_result',
  run: (ip, { language }) => {
    if (ip === 'SECRET') throw new Error(ip);
    if (ip === '') throw new HostFunctionError('no address');
    return { country: `${ip} in ${language}` };
  },
});

describe('callHostFunction', () => {
  it('returns the result that a plugin gets', async () => {
    const outcome = await callHostFunction(lookup, ['::1', { language: 'mi' }]);
    expectTypeOf(outcome).toEqualTypeOf<HostCallOutcome<{ country: string }>>();
    expect(outcome).toEqual({ kind: 'ok', result: { country: '::1 in mi' } });
  });

  it('returns the errors that a plugin gets', async () => {
    expect(await callHostFunction(lookup, ['', { language: 'mi' }])).toEqual({
      kind: 'error',
      error: { code: 'failed', message: 'no address' },
    });
    const hidden = await callHostFunction(lookup, ['SECRET', { language: 'mi' }]);
    expect(hidden).toMatchObject({ kind: 'error', error: { code: 'failed' } });
    expect(JSON.stringify(hidden)).not.toContain('SECRET');
    expect(await callHostFunction(lookup, ['::1', { language: 7 } as never])).toMatchObject({
      kind: 'error',
      error: { code: 'bad_argument' },
    });
  });

  it('returns capability_denied without the capability', async () => {
    const outcome = await callHostFunction(lookup, ['::1', { language: 'mi' }], { capabilities: [] });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'capability_denied' });
  });

  it('returns the code of a call that fails', async () => {
    const fails = defineHostFunction({
      name: 'fails',
      run: () => {
        throw new Error('SECRET');
      },
    });
    const outcome = await callHostFunction(fails, []);
    expect(outcome).toMatchObject({ kind: 'failed', code: 'host_function_failed' });
    expect(JSON.stringify(outcome)).not.toContain('SECRET');
  });

  it.each<[ParameterType, unknown]>([
    ['i32', -1],
    ['u32', 2 ** 32 - 1],
    ['i64', -(2n ** 63n)],
    ['u64', 2n ** 64n - 1n],
    ['f32', 0.5],
    ['f64', Number.NaN],
    ['f64', -Infinity],
    ['text', 'grüß dich 🌍'],
    ['text', ''],
    ['text?', undefined],
    ['bytes', Uint8Array.of(0, 255)],
    ['bytes?', undefined],
    [z.array(z.number()), [1, 2]],
    [z.string().optional(), undefined],
  ])('passes %s in both directions: %s', async (type, value) => {
    const mirror = defineHostFunction({
      name: 'mirror',
      parameters: [type],
      result: type as 'text',
      run: (given) => given as string,
    });
    expect(await callHostFunction(mirror, [value as never])).toEqual({ kind: 'ok', result: value });
  });

  it('supports any namespace, and options for host and load', async () => {
    const named = defineHostFunction({
      namespace: 'my:host/things',
      name: 'who',
      result: 'text',
      run: ({ plugin }) => plugin ?? '',
    });
    expect(await callHostFunction(named, [], { load: { name: 'me' } })).toEqual({ kind: 'ok', result: 'me' });
    const limits = { deadlineMs: 1 };
    const slow = defineHostFunction({
      name: 'slow',
      run: () => {
        const until = performance.now() + 3;
        while (performance.now() < until);
      },
    });
    expect(await callHostFunction(slow, [], { host: { limits } })).toMatchObject({ code: 'deadline' });
  });

  it('gives the call more time than production does', async () => {
    useFakeClock();
    const lasting = (ms: number) =>
      defineHostFunction({ name: 'slow', run: () => void vi.advanceTimersByTime(ms) });
    expect(await callHostFunction(lasting(9_999), [])).toMatchObject({ kind: 'ok' });
    expect(await callHostFunction(lasting(10_000), [])).toMatchObject({ code: 'deadline' });
    const load = { limits: { deadlineMs: 50 } };
    expect(await callHostFunction(lasting(50), [], { load })).toMatchObject({ code: 'deadline' });
  });

  it('rejects a wrong number of arguments', async () => {
    await expect(callHostFunction(lookup, ['::1'] as never)).rejects.toMatchObject({ code: 'bad_option' });
  });
});
