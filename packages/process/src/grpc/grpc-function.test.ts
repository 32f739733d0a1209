import { defineWireFunction, i64, jsonValue, u64 } from '@plugwire/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { fileHere } from '../testing/kv.ts';
import { grpcFunction } from './grpc-function.ts';

const proto = fileHere('./protos/everything.proto');
const method = 'everything.Everything/Echo';

/** A contract whose request and response have one key. */
const contractOf = (shape: z.ZodRawShape, value: object) =>
  defineWireFunction({
    name: 'echo',
    fallback: 'silent_skip',
    request: z.strictObject(shape),
    response: z.strictObject(shape),
    sample: { request: value as never, response: value as never },
  });

const bind = (shape: z.ZodRawShape, value: object) =>
  grpcFunction(contractOf(shape, value), { proto, method });

const part: z.ZodType = z.lazy(() => z.strictObject({ name: z.string(), inner: part.optional() }));

/** Field, schema, a value in the form of the wire, and its bytes by protobuf's own rules. */
const CASES: readonly (readonly [string, z.ZodType, unknown, unknown, string])[] = [
  ['small', z.int32(), 150, 150, '089601'],
  ['small', z.int32(), -1, -1, '08ffffffffffffffffff01'],
  ['zigzag', z.int32(), -2, -2, '1003'],
  ['unsigned_small', z.uint32(), 4_294_967_295, 4_294_967_295, '18ffffffff0f'],
  ['large', i64, -(2n ** 63n), -(2n ** 63n), '2080808080808080808001'],
  ['large', z.int(), 5, 5, '2005'],
  ['large_zigzag', i64, -1n, -1n, '2801'],
  ['unsigned_large', u64, 2n ** 64n - 1n, 2n ** 64n - 1n, '30ffffffffffffffffff01'],
  ['fixed_large', u64, 2n ** 63n, 2n ** 63n, '390000000000000080'],
  ['ratio', z.number(), 1.5, 1.5, '41000000000000f83f'],
  ['rough', z.number(), 1.5, 1.5, '4d0000c03f'],
  ['flag', z.boolean(), true, true, '5001'],
  ['text', z.string(), 'hé', 'hé', '5a0368c3a9'],
  ['raw', z.base64(), 'AAEC/w==', 'AAEC/w==', '6204000102ff'],
  ['words', z.string(), 'hé', 'hé', '6a0368c3a9'],
  ['side', z.enum(['CLIENT', 'SERVER']), 'SERVER', 'SERVER', '7001'],
  ['side', z.int32(), 7, 7, '7007'],
  ['numbers', z.array(i64), [1n, -1n], [1n, -1n], '7a0b01ffffffffffffffffff01'],
  ['counts', z.record(z.string(), u64), { a: 1n }, { a: 1n }, '8201050a01611001'],
  [
    'part',
    part,
    { name: 'a', inner: { name: 'b' } },
    { name: 'a', inner: { name: 'b' } },
    '8a01080a016112030a0162',
  ],
  ['maybe', z.string().nullable(), '', '', '920100'],
  ['wrapped', z.string().nullable(), 'a', 'a', '9a01030a0161'],
  ['parts', z.array(z.strictObject({ name: z.string() })), [{ name: 'a' }], [{ name: 'a' }], 'a201030a0161'],
  ['camelCaseName', z.string(), 'a', 'a', 'c2010161'],
  [
    'result',
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('pass'), name: z.string() }),
      z.strictObject({ kind: z.literal('reason'), value: z.string() }),
    ]),
    { kind: 'reason', value: 'no' },
    { kind: 'reason', value: 'no' },
    'b201026e6f',
  ],
];

/** What the carrier hands over: the contract's wire form, where safe 64-bit integers are numbers. */
const toWire = (value: unknown): unknown => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, toWire(held)]));
};

describe('a contract that is bound to a method', () => {
  it.each(CASES)('writes and reads %s', (key, schema, value, read, hex) => {
    const bound = bind({ [key]: schema }, { [key]: value });
    const written = bound.write({ [key]: toWire(value) });
    expect(written).toMatchObject({ ok: true });
    const parts = written.ok ? written.parts : [];
    expect(Buffer.from(parts[0] as Uint8Array).toString('hex')).toBe(hex);
    expect(bound.read(parts, 1000)).toEqual({ ok: true, body: { [key]: toWire(read) } });
  });

  it('preserves every 64-bit integer', () => {
    const bound = bind({ large: i64, unsigned_large: u64 }, { large: 0n, unsigned_large: 0n });
    fc.assert(
      fc.property(
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.bigInt(0n, 2n ** 64n - 1n),
        (large, unsigned) => {
          const message = toWire({ large, unsigned_large: unsigned }) as object;
          const written = bound.write(message);
          expect(written.ok && bound.read(written.parts, 100)).toEqual({ ok: true, body: message });
        },
      ),
    );
  });

  it('reads absent fields as defaults, as null if absence is visible, and as missing for messages', () => {
    const shape = {
      small: z.int32(),
      text: z.string(),
      numbers: z.array(z.int()),
      counts: z.record(z.string(), z.int()),
      side: z.enum(['CLIENT', 'SERVER']),
      maybe: z.string().nullable(),
      wrapped: z.string().optional(),
      part: z.strictObject({ name: z.string() }).optional(),
    };
    const response = defineWireFunction({
      name: 'echo',
      fallback: 'silent_skip',
      request: z.strictObject({}),
      response: z.strictObject(shape),
      sample: {
        request: {},
        response: { small: 0, text: '', numbers: [], counts: {}, side: 'CLIENT', maybe: null },
      },
    });
    const bound = grpcFunction(response, { proto, method });
    expect(bound.read([new Uint8Array()], 100)).toEqual({
      ok: true,
      body: { small: 0, text: '', numbers: [], counts: {}, side: 'CLIENT', maybe: null },
    });
  });

  it('keeps the key __proto__ of a map', () => {
    const bound = bind({ counts: z.record(z.string(), u64) }, { counts: {} });
    const bytes = Buffer.from('82010d0a095f5f70726f746f5f5f1001', 'hex');
    const read = bound.read([bytes], 100) as { readonly body: { readonly counts: object } };
    expect(Object.keys(read.body.counts)).toEqual(['__proto__']);
  });

  it('refuses a response with too many parts, and bytes that are not a message', () => {
    const bound = bind({ numbers: z.array(z.int()) }, { numbers: [] });
    const written = bound.write({ numbers: Array.from({ length: 200 }, () => 1) });
    expect(written.ok && bound.read(written.parts, 100)).toMatchObject({
      error: { code: 'output_too_complex' },
    });
    expect(bound.read([Buffer.from([0xff])], 100)).toMatchObject({
      error: { stage: 'deserialize_response', code: 'not_protobuf' },
    });
  });

  it.each([
    ['a lone surrogate', { text: z.string() }, { text: '\uD800' }],
    ['a number beyond a float', { rough: z.number() }, { rough: 1e300 }],
  ])('does not write %s', (_, shape, message) => {
    const bound = bind(shape as z.ZodRawShape, 'text' in message ? { text: '' } : { rough: 0 });
    expect(bound.write(message)).toMatchObject({
      ok: false,
      error: { stage: 'serialize_request', code: 'not_serializable' },
    });
  });

  it.each<[string, z.ZodRawShape, object, RegExp]>([
    ['an unknown field', { missing: z.string() }, { missing: '' }, /echo request\.missing: .*no such field/],
    ['a number for a text', { text: z.number() }, { text: 0 }, /request\.text/],
    ['integers that the field cannot hold', { small: z.int() }, { small: 0 }, /z\.int32\(\)/],
    ['negative integers for an unsigned field', { unsigned_large: z.int() }, { unsigned_large: 0 }, /uint64/],
    ['fractions for an integer', { small: z.number() }, { small: 0 }, /request\.small/],
    ['a text for an enum', { side: z.string() }, { side: '' }, /enum Side/],
    ['names that an enum does not have', { side: z.enum(['LEFT']) }, { side: 'LEFT' }, /CLIENT, SERVER/],
    ['one value for a list', { numbers: z.int() }, { numbers: 0 }, /repeated/],
    ['a text for a message', { part: z.string() }, { part: '' }, /message Part/],
    ['an object for a map', { counts: z.strictObject({}) }, { counts: {} }, /map/],
    ['a text for a oneof', { result: z.string() }, { result: '' }, /oneof/],
    ['any JSON', { text: jsonValue }, { text: '' }, /request\.text/],
  ])('refuses %s', (_, shape, value, message) => {
    expect(() => bind(shape, value)).toThrow(expect.objectContaining({ code: 'bad_binding' }));
    expect(() => bind(shape, value)).toThrow(message);
  });

  it.each([
    ['a file that there is not', { proto: '/nowhere.proto', method }],
    ['a file that is none', { proto: fileHere('./kv.ts'), method }],
    ['a service that there is not', { proto, method: 'everything.Nothing/Echo' }],
    ['a method that there is not', { proto, method: 'everything.Everything/Say' }],
    ['a name without a method', { proto, method: 'everything.Everything' }],
    ['a stream without a key', { proto, method: 'everything.Everything/Watch' }],
    ['a key without a stream', { proto, method, responseStream: 'text' }],
    ['a version that there is not', { proto, method, version: 3 }],
    ['a callback in a field that is no number', { proto, method, callbacks: { text: { methods: [] } } }],
  ])('refuses %s', (_, options) => {
    expect(() => grpcFunction(contractOf({ text: z.string() }, { text: '' }), options)).toThrow(
      expect.objectContaining({ code: 'bad_binding' }),
    );
  });
});
