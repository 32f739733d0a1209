import { describe, expect, it } from 'vitest';

import { buildPlugin } from '../build/build-plugin.ts';
import { behave } from './behave.ts';
import type { Behaviour } from './behaviour.ts';
import { TRAP_KINDS } from './faults.ts';

const HOST_BYTES = 1 << 18;

/** The part of `extism:host/env` that these behaviours need. Blocks are in one buffer, after the input. */
const createHost = (input: Uint8Array) => {
  const memory = new DataView(new ArrayBuffer(HOST_BYTES));
  const variables = new Map<string, Uint8Array>();
  const blocks = new Map<number, number>();
  const seen = { output: undefined as Uint8Array | undefined, error: '', stores: [] as string[] };
  let end = 8;

  const alloc = (length: bigint): bigint => {
    if (length === 0n || end + Number(length) > HOST_BYTES) return 0n;
    const address = end;
    blocks.set(address, Number(length));
    end += Number(length);
    return BigInt(address);
  };
  const bytesOf = (address: bigint, length = blocks.get(Number(address)) ?? 0): Uint8Array =>
    new Uint8Array(memory.buffer.slice(Number(address), Number(address) + length));
  const textOf = (address: bigint): string => new TextDecoder().decode(bytesOf(address));
  const store = (bytes: Uint8Array | undefined): bigint => {
    if (bytes === undefined) return 0n;
    const address = alloc(BigInt(bytes.length));
    new Uint8Array(memory.buffer).set(bytes, Number(address));
    return address;
  };
  const inputView = new DataView(input.buffer, input.byteOffset, input.length);
  const env = {
    alloc,
    length: (handle: bigint) => BigInt(blocks.get(Number(handle)) ?? 0),
    load_u64: (address: bigint) => memory.getBigUint64(Number(address), true),
    store_u8: (address: bigint, value: number) => {
      seen.stores.push('u8');
      memory.setUint8(Number(address), value);
    },
    store_u64: (address: bigint, value: bigint) => {
      seen.stores.push('u64');
      memory.setBigUint64(Number(address), value, true);
    },
    input_length: () => BigInt(input.length),
    input_load_u8: (at: bigint) => inputView.getUint8(Number(at)),
    input_load_u64: (at: bigint) => inputView.getBigUint64(Number(at), true),
    output_set: (address: bigint, length: bigint) => {
      seen.output = bytesOf(address, Number(length));
    },
    error_set: (handle: bigint) => {
      seen.error = textOf(handle);
    },
    var_get: (key: bigint) => store(variables.get(textOf(key))),
    var_set: (key: bigint, value: bigint) => {
      if (value === 0n) variables.delete(textOf(key));
      else variables.set(textOf(key), bytesOf(value));
    },
  };
  return { env, seen, textOf };
};

const start = async (behaviour: Behaviour, input: Uint8Array = new Uint8Array(), user: object = {}) => {
  const bytes = await buildPlugin({ functions: { run: behaviour }, handshake: 'none', selfCheck: 'none' });
  const host = createHost(input);
  const { instance } = await WebAssembly.instantiate(bytes, {
    'extism:host/env': host.env,
    'extism:host/user': user as WebAssembly.ModuleImports,
  });
  const run = instance.exports.run as () => number;
  return { ...host, run, text: () => new TextDecoder().decode(host.seen.output) };
};

describe.each(['echo', 'echoByBytes'] as const)('%s', (name) => {
  it.each(Array.from({ length: 41 }, (_, length) => length))('returns %i bytes', async (length) => {
    const input = Uint8Array.from({ length }, (_, at) => 255 - at);
    const guest = await start(behave[name](), input);
    expect(guest.run()).toBe(0);
    expect(guest.seen.output).toEqual(input);
    expect(guest.run()).toBe(0);
    expect(guest.seen.output).toEqual(input);
  });

  it('grows its memory if the input does not fit', async () => {
    const input = Uint8Array.from({ length: 100_003 }, (_, at) => at % 251);
    const guest = await start(behave[name](), input);
    expect(guest.run()).toBe(0);
    expect(guest.seen.output).toEqual(input);
  });
});

it('echo copies eight bytes at a time, and the rest byte by byte', async () => {
  const guest = await start(behave.echo(), new Uint8Array(19));
  guest.run();
  expect(guest.seen.stores).toEqual(['u64', 'u64', 'u8', 'u8', 'u8']);
});

it.each<[string, Behaviour, string]>([
  [
    'answer',
    behave.answer({ _v: 1, text: 'grüß "dich" \\ 🌍\n' }),
    '{"_v":1,"text":"grüß \\"dich\\" \\\\ 🌍\\n"}',
  ],
  ['answerText', behave.answerText('no\0 JSON'), 'no\0 JSON'],
  ['answerBytes', behave.answerBytes(Uint8Array.of(0x61)), 'a'],
  ['emptyOutput', behave.emptyOutput(), ''],
  ['hugeOutput', behave.hugeOutput(3), '\0\0\0'],
  ['deepJson', behave.deepJson(3, 2), '{"_v":2,"x":[[[]]]}'],
  ['varGet', behave.sequence(behave.varSet('k', 'kept'), behave.varGet('k')), 'kept'],
  ['exhaustKernel', behave.exhaustKernel({ refused: 'refused', served: 'served' }, 1000), 'refused'],
])('%s sets the expected output', async (_, behaviour, expected) => {
  const guest = await start(behaviour);
  expect(guest.run()).toBe(0);
  expect(guest.text()).toBe(expected);
});

it.each<[string, Behaviour, number, string]>([
  ['noOutput', behave.noOutput(), 0, ''],
  ['nonZero', behave.nonZero(7), 7, ''],
  ['guestError', behave.guestError('words'), 1, 'words'],
  ['errorSetOnly', behave.errorSetOnly('words'), 0, 'words'],
  ['varDelete', behave.sequence(behave.varSet('k', 'v'), behave.varDelete('k'), behave.varGet('k')), 0, ''],
  ['sequence', behave.sequence(behave.nonZero(3), behave.answer(1)), 3, ''],
])('%s sets no output', async (_, behaviour, status, error) => {
  const guest = await start(behaviour);
  expect(guest.run()).toBe(status);
  expect(guest.seen.output).toBeUndefined();
  expect(guest.seen.error).toBe(error);
});

it.each(['variable', 'memory'] as const)('countCalls counts in a %s', async (keptIn) => {
  const guest = await start(behave.countCalls('{"_v":1,"text":"%d"}', keptIn));
  for (let call = 1; call <= 12; call += 1) {
    expect(guest.run()).toBe(0);
    expect(guest.text()).toBe(`{"_v":1,"text":"${call}"}`);
  }
});

it.each(TRAP_KINDS)('trap %s traps', async (kind) => {
  const guest = await start(behave.trap(kind));
  expect(() => guest.run()).toThrow(kind === 'stackOverflow' ? RangeError : WebAssembly.RuntimeError);
});

it('callHostFunction passes texts as handles and numbers as they are', async () => {
  const calls: unknown[][] = [];
  const user = {
    mix: (...values: unknown[]) => {
      calls.push(values);
      return values[0];
    },
  };
  const args = ['text', 7, 8n, { type: 'f64', value: 1.5 }] as const;
  const guest = await start(
    behave.callHostFunction({ name: 'mix', args, result: 'i64', answersResult: true }),
    undefined,
    user,
  );
  expect(guest.run()).toBe(0);
  expect(guest.text()).toBe('text');
  expect(calls).toEqual([[expect.any(BigInt), 7, 8n, 1.5]]);
});
