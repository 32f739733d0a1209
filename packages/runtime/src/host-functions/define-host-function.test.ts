import type { HostArgument } from '@plugwire/pdk-fixtures';
import { jsonValue, u64 } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import type { ParameterType, ResultType } from './wasm-values.ts';
import { defineHostFunction, type HostFunction } from './define-host-function.ts';
import { HostFunctionError } from './host-function-error.ts';
import { callFromGuest } from './testing/call-from-guest.ts';

const NOT_UTF8 = Uint8Array.of(0x61, 0xff);
const country = z.strictObject({ country: z.string() });

/** Returns the argument of this type as the implementation gets it, or the code of the failed call. */
const arrival = async (type: ParameterType, arg: HostArgument, argumentBytes = 64): Promise<unknown> => {
  let seen: unknown = 'it did not run';
  const f = defineHostFunction({
    name: 'f',
    parameters: [type],
    argumentBytes,
    run: (value) => {
      seen = value;
    },
  });
  const call = await callFromGuest(f, [arg]);
  return 'code' in call ? call.code : seen;
};

/** Returns what a guest gets from a function that returns `given`, or the code of the failed call. */
const answer = async (result: ResultType, given: unknown) =>
  await callFromGuest(defineHostFunction({ name: 'f', result, run: () => given as never }));

describe('an argument', () => {
  it.each<[ParameterType, HostArgument, unknown]>([
    ['i32', -1, -1],
    ['u32', -1, 4_294_967_295],
    ['i64', -1n, -1n],
    ['u64', -1n, 18_446_744_073_709_551_615n],
    ['u64', 2n ** 63n, 9_223_372_036_854_775_808n],
    ['f32', { type: 'f32', value: 1.5 }, 1.5],
    ['f64', { type: 'f64', value: Number.NaN }, Number.NaN],
    ['f64', { type: 'f64', value: -Infinity }, -Infinity],
    ['text', 'grüß dich 🌍', 'grüß dich 🌍'],
    ['text', '\uFEFF\uFFFD', '\uFEFF\uFFFD'],
    ['text', 0n, ''],
    ['text', NOT_UTF8, 'bad_argument'],
    ['text', 'x'.repeat(64), 'x'.repeat(64)],
    ['text', 'x'.repeat(65), 'bad_argument'],
    ['text?', 'here', 'here'],
    ['text?', 0n, undefined],
    ['text?', 7n, 'bad_handle'],
    ['bytes', NOT_UTF8, NOT_UTF8],
    ['bytes', 0n, new Uint8Array()],
    ['bytes', new Uint8Array(65), 'bad_argument'],
    ['bytes?', 0n, undefined],
    ['line', 'x'.repeat(4096), 'x'.repeat(4096)],
    ['line', 'x'.repeat(4097), 'x'.repeat(4096)],
    ['line', `${'x'.repeat(4095)}🌍`, 'x'.repeat(4095)],
    ['line', NOT_UTF8, 'a\uFFFD'],
    ['line', 0n, ''],
    [country, '{"country":"NZ"}', { country: 'NZ' }],
    [country, '{"country":7}', 'bad_argument'],
    [country, '{"country":"NZ","extra":1}', 'bad_argument'],
    [country, '{"country"', 'bad_argument'],
    [country, '', 'bad_argument'],
    [country, 0n, 'bad_argument'],
    [country, NOT_UTF8, 'bad_argument'],
    [z.array(z.number()).optional(), 0n, undefined],
    [z.array(z.number()).optional(), '[1,2]', [1, 2]],
    [z.unknown(), '[[[{"__proto__":1}]]]', 'bad_argument'],
    [z.unknown(), `${'['.repeat(200)}${']'.repeat(200)}`, 'bad_argument'],
  ])('of type %s, sent as %s, arrives as %s', async (type, sent, expected) => {
    expect(await arrival(type, sent, type === z.unknown() ? 1000 : 64)).toEqual(expected);
  });

  it.each<[string, bigint]>([
    ['a made-up number', 7n],
    ['the middle of a block', 589_825n],
    ['negative', -1n],
    ['a handle above 32 bits', 589_824n + 2n ** 32n],
    ['an address in the kernel’s memory', 256n],
    ['the largest number', 2n ** 63n - 1n],
  ])('that is not a handle ends the call with bad_handle: %s', async (_, handle) => {
    for (const type of ['text', 'bytes', 'text?', 'bytes?', 'line', country] as const)
      expect(await arrival(type, handle)).toBe('bad_handle');
  });

  it('is a copy, so changes by the host do not reach the guest', async () => {
    const spoil = defineHostFunction({
      name: 'spoil',
      parameters: ['bytes'],
      result: 'bytes',
      run: (bytes) => {
        const before = Uint8Array.from(bytes);
        bytes.fill(0);
        return before;
      },
    });
    expect(await callFromGuest(spoil, ['unspoilt'])).toMatchObject({ text: 'unspoilt' });
  });

  it('is passed at its position, and the caller comes last', async () => {
    let seen: unknown[] = [];
    const f = defineHostFunction({
      name: 'f',
      parameters: ['text', 'u64', country],
      run: (...args) => {
        seen = args;
      },
    });
    await callFromGuest(f, ['a', 7n, '{"country":"NZ"}']);
    expect(seen).toEqual(['a', 7n, { country: 'NZ' }, { plugin: undefined }]);
  });

  it.each<[ParameterType, string, unknown]>([
    [z.strictObject({ id: u64 }), '{"id":18446744073709551615}', { id: 2n ** 64n - 1n }],
    [z.strictObject({ id: u64 }), '{"id":7}', { id: 7n }],
    [jsonValue, '[18446744073709551615,"12345678901234567890"]', [2n ** 64n - 1n, '12345678901234567890']],
    [z.strictObject({ share: z.number() }), '{"share":1152921504606847000}', { share: 2 ** 60 }],
  ])('of JSON keeps every digit (%#)', async (schema, text, value) => {
    let seen: unknown;
    const f = defineHostFunction({
      name: 'f',
      parameters: [schema],
      run: (given) => {
        seen = given;
      },
    });
    await callFromGuest(f, [text]);
    expect(seen).toEqual(value);
  });

  it.each(['{"share":1152921504606846977}', `{"share":${'9'.repeat(40)}}`, '{"share":1152921504606847000'])(
    'of JSON is refused if a double cannot hold its numbers or it is not valid JSON (%#)',
    async (text) => {
      const share = z.strictObject({ share: z.number() });
      const f = defineHostFunction({ name: 'f', parameters: [share], run: () => {} });
      expect(await callFromGuest(f, [text])).toMatchObject({ code: 'bad_argument' });
    },
  );

  it('that does not fit is reported without its content', async () => {
    const f = defineHostFunction({ name: 'f', parameters: [country], run: () => {} });
    const call = await callFromGuest(f, ['{"country":{"SECRET":"SECRET"},"SECRET":1}']);
    expect(call).toMatchObject({ code: 'bad_argument' });
    expect(JSON.stringify(call)).toContain('f argument 1');
    expect(JSON.stringify(call)).not.toContain('SECRET');
  });
});

describe('a result', () => {
  it.each<[ResultType, unknown, unknown]>([
    ['i32', -(2 ** 31), -(2 ** 31)],
    ['u32', 2 ** 32 - 1, -1],
    ['i64', -1n, -1n],
    ['u64', 2n ** 64n - 1n, -1n],
    ['f32', 0.5, 0.5],
    ['f64', Number.NaN, Number.NaN],
  ])('of type %s, returned as %s, arrives as %s', async (type, given, expected) => {
    expect(await answer(type, given)).toEqual({ raw: expected, text: undefined });
  });

  it.each<[ResultType, unknown, string]>([
    ['text', 'grüß dich', 'grüß dich'],
    ['text', '', ''],
    ['bytes', Buffer.from('bytes'), 'bytes'],
    ['text?', 'here', 'here'],
    [country, { country: 'NZ' }, '{"country":"NZ"}'],
    [z.array(z.number()), [1, 2], '[1,2]'],
    [z.null(), null, 'null'],
    [z.strictObject({ id: u64 }), { id: 2n ** 64n - 1n }, '{"id":18446744073709551615}'],
    [jsonValue, [2n ** 64n - 1n, 2 ** 70], '[18446744073709551615,1.1805916207174113e+21]'],
  ])('of type %s, returned as %s, arrives as the text %s', async (type, given, expected) => {
    expect(await answer(type, given)).toMatchObject({ text: expected });
  });

  it.each<[ResultType]>([['text?'], ['bytes?'], [z.string().optional()]])(
    'of type %s that is undefined arrives as the handle 0',
    async (type) => {
      expect(await answer(type, undefined)).toEqual({ raw: 0n, text: undefined });
    },
  );

  it.each<[ResultType, unknown]>([
    ['i32', 2 ** 31],
    ['i32', 0.5],
    ['i32', Number.NaN],
    ['i32', 1n],
    ['i32', '1'],
    ['i32', { valueOf: () => 1 }],
    ['i32', null],
    ['i32', undefined],
    ['u32', -1],
    ['i64', 1],
    ['i64', Number.NaN],
    ['i64', 2n ** 63n],
    ['u64', -1n],
    ['f64', 1n],
    ['f64', undefined],
    ['text', undefined],
    ['text', 7],
    ['text?', null],
    ['bytes', 'bytes'],
    ['bytes', new ArrayBuffer(8)],
    ['bytes', [1, 2]],
    [country, { country: 7 }],
    [country, undefined],
    [country, { country: 'NZ', extra: 'SECRET' }],
    [z.unknown(), { self: Infinity }],
  ])('of type %s fails the call if the host returns %s', async (type, given) => {
    const call = await answer(type, given);
    expect(call).toMatchObject({ code: 'host_function_failed' });
    expect(JSON.stringify(call)).not.toContain('SECRET');
  });

  it('of type bytes fails the call if the host returns a proxy', async () => {
    expect(await answer('bytes', new Proxy(new Uint8Array(), {}))).toMatchObject({
      code: 'host_function_failed',
    });
  });

  it('must be undefined if none is declared', async () => {
    const give = (given: unknown) => defineHostFunction({ name: 'f', run: () => given as undefined });
    expect(await callFromGuest(give(undefined))).toEqual({ raw: undefined, text: undefined });
    expect(await callFromGuest(give(7))).toMatchObject({ code: 'host_function_failed' });
  });

  it('that does not fit into the kernel’s memory ends the call with memory', async () => {
    const f = defineHostFunction({ name: 'f', result: 'text', run: () => 'x'.repeat(2000) });
    const limits = { kernelMemoryBytes: 2000 };
    expect(await callFromGuest(f, [], { limits })).toMatchObject({ code: 'memory' });
  });
});

describe('a function with onError error_result', () => {
  const lookup = (run: (ip: string) => { country: string }) =>
    defineHostFunction({
      name: 'lookup',
      parameters: [z.strictObject({ ip: z.string() })],
      result: country,
      onError: 'error_result',
      run: ({ ip }) => run(ip),
    });
  const ask = async (run: (ip: string) => { country: string }, arg: HostArgument = '{"ip":"::1"}') => {
    const call = await callFromGuest(lookup(run), [arg]);
    return 'code' in call ? call : (JSON.parse(call.text ?? '') as unknown);
  };
  const never = () => ({ country: 'it ran' });

  it('wraps its result in ok', async () => {
    expect(await ask((ip) => ({ country: ip }))).toEqual({ ok: { country: '::1' } });
  });

  it('shows the guest the message of a HostFunctionError, and of no other error', async () => {
    const told = () => {
      throw new HostFunctionError('no such address');
    };
    const untold = () => {
      throw new Error('SECRET');
    };
    expect(await ask(told)).toEqual({ error: { code: 'failed', message: 'no such address' } });
    expect(await ask(untold)).toEqual({ error: { code: 'failed', message: 'the host function failed' } });
  });

  it('shows the message with which the error was created, even if the error is changed later', async () => {
    const changed = () => {
      const error = new HostFunctionError('as it was');
      error.message = 'SECRET';
      throw error;
    };
    expect(await ask(changed)).toEqual({ error: { code: 'failed', message: 'as it was' } });
    const imitated = () => {
      throw Object.assign(Object.create(HostFunctionError.prototype) as Error, { message: 'SECRET' });
    };
    expect(await ask(imitated)).toEqual({ error: { code: 'failed', message: 'the host function failed' } });
  });

  it.each<[string, HostArgument]>([
    ['that does not fit', '{"ip":7}'],
    ['that is not JSON', 'ip'],
    ['that is not UTF-8', NOT_UTF8],
  ])('returns bad_argument for an argument %s', async (_, arg) => {
    expect(await ask(never, arg)).toMatchObject({ error: { code: 'bad_argument' } });
  });

  it('still fails the call for an argument that is not a handle, and for a result that does not fit', async () => {
    expect(await ask(never, 7n)).toMatchObject({ code: 'bad_handle' });
    expect(await ask(() => ({}) as never)).toMatchObject({ code: 'host_function_failed' });
    expect(await ask(() => Promise.resolve({}) as never)).toMatchObject({ code: 'host_function_failed' });
  });
});

describe('defineHostFunction', () => {
  it('returns the declaration as a frozen object', () => {
    const parameters = ['text'] as const;
    const f = defineHostFunction({ name: 'f', capability: 'geo', parameters, run: () => {} });
    expect(f).toEqual({
      namespace: 'extism:host/user',
      name: 'f',
      capability: 'geo',
      parameters: ['text'],
      result: undefined,
      onError: 'trap',
    });
    expect(Object.isFrozen(f) && Object.isFrozen(f.parameters)).toBe(true);
  });

  const run = () => undefined;
  it.each<[string, string, unknown]>([
    ['bad_host_function', 'no name', { run }],
    ['bad_host_function', 'an empty name', { name: '', run }],
    ['bad_host_function', 'the name __proto__', { name: '__proto__', run }],
    ['bad_host_function', 'no implementation', { name: 'f' }],
    ['bad_host_function', 'an implementation that is not a function', { name: 'f', run: 'f' }],
    ['bad_host_function', 'an async implementation', { name: 'f', run: async () => await Promise.resolve() }],
    ['bad_host_function', 'a generator', { name: 'f', run: function* () {} }],
    ['bad_host_function', 'a capability that is not a valid name', { name: 'f', capability: 'No Name', run }],
    ['bad_host_function', 'a capability that is not a string', { name: 'f', capability: 7, run }],
    ['bad_host_function', 'parameters that are not a list', { name: 'f', parameters: 'text', run }],
    ['bad_host_function', 'a parameter of an unknown type', { name: 'f', parameters: ['string'], run }],
    ['bad_host_function', 'a parameter that is undefined', { name: 'f', parameters: [undefined], run }],
    ['bad_host_function', 'a result of an unknown type', { name: 'f', result: 'line', run }],
    ['bad_host_function', 'an unknown onError', { name: 'f', onError: 'hide', run }],
    [
      'bad_host_function',
      'error_result with a text result',
      { name: 'f', result: 'text', onError: 'error_result', run },
    ],
    ['bad_host_function', 'error_result without a result', { name: 'f', onError: 'error_result', run }],
    ['bad_host_function', 'argumentBytes 0', { name: 'f', argumentBytes: 0, run }],
    ['bad_host_function', 'argumentBytes that are not a number', { name: 'f', argumentBytes: '1', run }],
    ['bad_host_function', 'the kernel’s namespace', { name: 'f', namespace: 'extism:host/env', run }],
    ['bad_host_function', 'the link’s namespace', { name: 'f', namespace: 'plugwire:kernel', run }],
    ['bad_host_function', 'WASI', { name: 'f', namespace: 'wasi_snapshot_preview1', run }],
    ['bad_host_function', 'a namespace that every object has', { name: 'f', namespace: 'toString', run }],
    ['bad_schema', 'a schema that drops keys', { name: 'f', parameters: [z.object({ a: z.string() })], run }],
    ['bad_schema', 'a schema that coerces', { name: 'f', result: z.coerce.number(), run }],
    ['bad_schema', 'a schema that JSON cannot carry', { name: 'f', result: z.bigint(), run }],
  ])('throws %s for %s', (code, _, options) => {
    expect(() => defineHostFunction(options as never)).toThrow(
      expect.objectContaining({ name: 'PlugwireUsageError', code }),
    );
  });

  it('returns a function that several sandboxes can use, each with its own memory', async () => {
    const shout: HostFunction = defineHostFunction({
      name: 'shout',
      parameters: ['text'],
      result: 'text',
      run: (text) => text.toUpperCase(),
    });
    const [one, other] = await Promise.all([callFromGuest(shout, ['one']), callFromGuest(shout, ['other'])]);
    expect([one, other]).toMatchObject([{ text: 'ONE' }, { text: 'OTHER' }]);
  });
});
