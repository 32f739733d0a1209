import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { holdsUnsafeNumber } from '../json/exact-numbers.ts';
import { jsonValue } from '../json/json-value.ts';
import { defineWireFunction } from './define-wire-function.ts';
import type { Ladder } from './ladder.ts';
import { findLadder } from './ladder.ts';
import type { ResponseRead } from './read-response.ts';
import { readResponse } from './read-response.ts';
import { checkRequest, writeRequest } from './write-request.ts';

const MARKER = 'MARKER_7f3a';
const empty = z.strictObject({});
const ladderOf = (response: z.ZodType, sample: unknown): Ladder =>
  findLadder(
    defineWireFunction({
      name: 'greet',
      fallback: 'silent_skip',
      request: empty,
      response,
      sample: { request: {}, response: sample },
    }),
  ) ?? expect.fail('no contract');

/** Checks that a failure has its stage and code, and does not show the text. */
const failsWith = (result: ResponseRead, stage: string, code: string): void => {
  expect(result).toMatchObject({ ok: false, stage, code });
  expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  expect(result).not.toHaveProperty('response');
};
const boom = (text: string): never => {
  throw new Error(text);
};

/** If nobody handled this rejection, it would end the process. */
const rejecting = (): never => Promise.reject(new Error(MARKER)) as never;

interface Tree {
  readonly a?: Tree | undefined;
}
const tree: z.ZodType<Tree> = z.strictObject({ a: z.lazy(() => tree).optional() });
const date = z.codec(z.string(), z.date(), {
  decode: (wire) => (wire === MARKER ? boom(wire) : new Date(wire)),
  encode: (host) => host.toISOString(),
});
const closed = ladderOf(z.strictObject({ a: z.string(), b: z.strictObject({ c: z.int() }).optional() }), {
  a: '',
});
const anyJson = ladderOf(z.strictObject({ a: jsonValue }), { a: null });
const unknown = ladderOf(z.strictObject({ a: z.unknown() }), { a: null });
const record = ladderOf(z.strictObject({ a: z.record(z.string(), z.string()) }), { a: {} });
const trees = ladderOf(z.strictObject({ a: tree }), { a: {} });
const coded = ladderOf(z.strictObject({ a: date }), { a: new Date(0) });

describe('a response', () => {
  it('is returned without _v', () => {
    expect(readResponse(closed, 1, '{"_v":1,"a":"x","b":{"c":1}}')).toStrictEqual({
      ok: true,
      response: { a: 'x', b: { c: 1 } },
    });
  });

  it('may be surrounded by white space and have _v anywhere', () => {
    expect(readResponse(closed, 1, ' {"a":"x","_v":1}\n')).toStrictEqual({ ok: true, response: { a: 'x' } });
  });

  it('is returned in the host form of a codec', () => {
    expect(readResponse(coded, 1, '{"a":"1970-01-01T00:00:00.000Z","_v":1}')).toStrictEqual({
      ok: true,
      response: { a: new Date(0) },
    });
  });

  it('can contain any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const a = JSON.parse(JSON.stringify(value)) as unknown;
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        fc.pre(!holdsUnsafeNumber(value));
        expect(readResponse(anyJson, 1, JSON.stringify({ a, _v: 1 }))).toStrictEqual({
          ok: true,
          response: { a },
        });
      }),
    );
  });
});

describe('large numbers in a response', () => {
  const read = (schema: z.ZodType, a: string) =>
    readResponse(ladderOf(z.strictObject({ a: schema.optional() }), {}), 1, `{"a":${a},"_v":1}`);
  const large = '12345678901234567890';

  it.each<[string, z.ZodType, string, unknown]>([
    ['any JSON', jsonValue, large, BigInt(large)],
    ['any JSON, exactly a double', jsonValue, '10000000000000000000', 10n ** 19n],
    ['any JSON, with an exponent', jsonValue, '1e300', 1e300],
    ['any JSON, further in', jsonValue, `[{"x":[${large}]}]`, [{ x: [BigInt(large)] }]],
    ['unknown', z.unknown(), `-${large}`, -BigInt(large)],
    ['a record of any JSON', z.record(z.string(), jsonValue), `{"x":${large}}`, { x: BigInt(large) }],
    ['a double', z.number(), '10000000000000000000', 1e19],
    ['a double, as JavaScript writes it', z.number(), '12345678901234567000', 12345678901234567000],
    ['a double beside any JSON', z.tuple([z.number(), jsonValue]), '[10000000000000000000,1]', [1e19, 1]],
  ])('are read exactly: %s', (_, schema, text, value) => {
    expect(read(schema, text)).toStrictEqual({ ok: true, response: { a: value } });
  });

  it.each<[string, z.ZodType, string, string]>([
    ['a double that cannot hold the digits', z.number(), large, 'schema_mismatch'],
    ['a list of doubles', z.array(z.number()), `[1,${large}]`, 'schema_mismatch'],
    ['a record of doubles', z.record(z.string(), z.number()), `{"x":${large}}`, 'schema_mismatch'],
    ['an integer', z.int(), large, 'schema_mismatch'],
    ['any JSON with more than 39 digits', jsonValue, '1'.repeat(40), 'inexact_number'],
    ['any JSON larger than any double', jsonValue, '1e400', 'inexact_number'],
    ['a double larger than any', z.number(), '1e400', 'inexact_number'],
  ])('are refused rather than rounded: %s', (_, schema, text, code) => {
    const result = read(schema, text);
    failsWith(result, 'response_decode', code);
    expect(JSON.stringify(result)).not.toContain('123456789');
  });

  it('are written unchanged in the next request', () => {
    const result = read(jsonValue, `{"id":${large},"share":0.25,"far":1e300}`);
    const response = result.ok ? result.response : expect.fail(result.message);
    const forward = findLadder(
      defineWireFunction({
        name: 'forward',
        fallback: 'silent_skip',
        request: z.strictObject({ a: jsonValue }),
        response: empty,
        sample: { request: { a: null }, response: {} },
      }),
    ) as Ladder;
    const checked = checkRequest(forward, response);
    const written = checked.ok ? writeRequest(forward, 1, checked.message) : checked;
    expect(written).toStrictEqual({
      ok: true,
      text: `{"a":{"id":${large},"share":0.25,"far":1e+300},"_v":1}`,
    });
  });
});

describe('readResponse fails at deserialize_response with', () => {
  it('empty_output: an empty text', () => {
    failsWith(readResponse(closed, 1, ''), 'deserialize_response', 'empty_output');
  });

  it.each([
    ' ',
    MARKER,
    `"${MARKER}`,
    `{"a":"${MARKER}","_v":1`,
    `{"a":"${MARKER}","_v":1}}`,
    `{"a":'${MARKER}'}`,
    `{"a":"${MARKER}",}`,
    `{"a":NaN,"_v":1}`,
    `\uFEFF{"a":"${MARKER}","_v":1}`,
    `{"a":"${MARKER}\n","_v":1}`,
  ])('not_json: %j', (text) => {
    failsWith(readResponse(closed, 1, text), 'deserialize_response', 'not_json');
  });
});

describe('readResponse fails at response_envelope with', () => {
  it.each(['null', '1', 'true', '[]', `["${MARKER}"]`, `"${MARKER}"`, `[{"a":"${MARKER}","_v":1}]`])(
    'not_an_object: %s',
    (text) => {
      failsWith(readResponse(closed, 1, text), 'response_envelope', 'not_an_object');
    },
  );

  it.each([
    '{}',
    `{"a":"${MARKER}"}`,
    `{"a":"${MARKER}","V":1}`,
    `{"a":{"_v":1}}`,
    `{"a":"","__proto__":{"_v":1}}`,
  ])('version_missing: %s', (text) => {
    failsWith(readResponse(closed, 1, text), 'response_envelope', 'version_missing');
  });

  it.each(['"1"', `"${MARKER}"`, 'null', 'true', '[1]', '{}', '1.5', '-1', '1e400', '18446744073709551616'])(
    'version_invalid: _v is %s',
    (version) => {
      const text = `{"a":"${MARKER}","_v":${version}}`;
      failsWith(readResponse(closed, 1, text), 'response_envelope', 'version_invalid');
    },
  );

  it.each(['0', '2', '65536', '4294967297', '9007199254740991'])('version_mismatch: _v is %s', (version) => {
    const text = `{"a":"${MARKER}","_v":${version}}`;
    failsWith(readResponse(closed, 1, text), 'response_envelope', 'version_mismatch');
  });

  it('version_mismatch even if the response does not fit either', () => {
    failsWith(readResponse(closed, 1, '{"wrong":1,"_v":2}'), 'response_envelope', 'version_mismatch');
  });
});

describe('readResponse fails at response_decode with', () => {
  it.each([
    ['an extra key', `{"a":"","${MARKER}":"${MARKER}","_v":1}`],
    ['an extra key further in', `{"a":"","b":{"c":1,"${MARKER}":1},"_v":1}`],
    ['a missing key', '{"_v":1}'],
    ['a wrong type', `{"a":["${MARKER}"],"_v":1}`],
    ['null', '{"a":null,"_v":1}'],
    ['__proto__ at the root', `{"a":"","__proto__":{"${MARKER}":1},"_v":1}`],
    ['__proto__ further in', `{"a":"","b":{"c":1,"__proto__":"${MARKER}"},"_v":1}`],
    ['__proto__ in the place of a key', `{"__proto__":{"a":"${MARKER}"},"_v":1}`],
  ])('schema_mismatch: %s', (_, text) => {
    failsWith(readResponse(closed, 1, text), 'response_decode', 'schema_mismatch');
  });

  it('schema_mismatch: a record, without showing its keys', () => {
    const result = readResponse(record, 1, `{"a":{"${MARKER}":1},"_v":1}`);
    failsWith(result, 'response_decode', 'schema_mismatch');
    expect(result).toHaveProperty('message', 'response.a.*: expected string');
  });

  it('schema_mismatch and the place, by the names in the schema', () => {
    const result = readResponse(closed, 1, `{"a":"","b":{"c":"${MARKER}"},"_v":1}`);
    expect(result).toHaveProperty('message', 'response.b.c: expected number');
  });

  it('schema_mismatch and the first fault only', () => {
    const many = ladderOf(z.strictObject({ a: z.array(z.int()) }), { a: [] });
    const result = readResponse(many, 1, '{"a":[1,"","",""],"_v":1}');
    expect(result).toHaveProperty('message', 'response.a[]: expected number');
  });

  it.each([
    ['any JSON', anyJson, `{"a":{"b":{"__proto__":"${MARKER}"}},"_v":1}`],
    ['any JSON, in an array', anyJson, `{"a":[{"__proto__":"${MARKER}"}],"_v":1}`],
    ['z.unknown', unknown, `{"a":{"__proto__":"${MARKER}"},"_v":1}`],
    ['a record', record, `{"a":{"__proto__":"${MARKER}"},"_v":1}`],
    ['the root', anyJson, `{"a":1,"__proto__":"${MARKER}","_v":1}`],
    ['z.lazy', trees, `{"a":{"__proto__":{"${MARKER}":1}},"_v":1}`],
  ])('proto_key: in %s', (_, ladder, text) => {
    failsWith(readResponse(ladder, 1, text), 'response_decode', 'proto_key');
  });

  const arrays = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},"_v":1}`;
  const objects = (levels: number) => `{"a":${'{"a":'.repeat(levels - 2)}{}${'}'.repeat(levels - 2)},"_v":1}`;

  it.each([
    ['any JSON', anyJson, arrays],
    ['any JSON, objects', anyJson, objects],
    ['z.unknown', unknown, arrays],
    ['z.lazy', trees, objects],
  ])('too_deep: 129 levels in %s, while 128 are accepted', (_, ladder, deep) => {
    expect(readResponse(ladder, 1, deep(128))).toMatchObject({ ok: true });
    failsWith(readResponse(ladder, 1, deep(129)), 'response_decode', 'too_deep');
    failsWith(readResponse(ladder, 1, deep(5000)), 'response_decode', 'too_deep');
  });

  it.each([
    ['arrays', arrays(5000)],
    ['objects', objects(5000)],
    ['under an unknown key', `{"a":"","x":${'['.repeat(5000)}${']'.repeat(5000)},"_v":1}`],
  ])('schema_mismatch: 5,000 levels if the schema does not accept any JSON: %s', (_, text) => {
    failsWith(readResponse(closed, 1, text), 'response_decode', 'schema_mismatch');
  });

  it('codec_threw: a codec that throws', () => {
    failsWith(readResponse(coded, 1, `{"a":"${MARKER}","_v":1}`), 'response_decode', 'codec_threw');
  });

  it('codec_threw: a check of the schema that throws', () => {
    const ladder = ladderOf(z.strictObject({ a: z.string().refine((a) => a === '' || boom(a)) }), { a: '' });
    failsWith(readResponse(ladder, 1, `{"a":"${MARKER}","_v":1}`), 'response_decode', 'codec_threw');
  });
});

describe('a response is upgraded to the newest version', () => {
  const keep = (older: unknown): unknown => older;
  const three = (
    raiseTo5: (older: { a: string }) => unknown = ({ a }) => ({ b: a }),
    raiseTo6: (older: { b: string }) => unknown = ({ b }) => ({ c: b }),
  ): Ladder =>
    findLadder(
      defineWireFunction({
        name: 'greet',
        fallback: 'silent_skip',
        version: 4,
        request: empty,
        response: z.strictObject({ a: z.string() }),
        sample: { request: {}, response: { a: '' } },
      })
        .next({
          request: empty,
          response: z.strictObject({ b: z.string() }),
          sample: { request: {}, response: { b: '' } },
          downgradeRequest: keep as never,
          upgradeResponse: raiseTo5 as never,
        })
        .next({
          request: empty,
          response: z.strictObject({ c: z.string() }),
          sample: { request: {}, response: { c: '' } },
          downgradeRequest: keep as never,
          upgradeResponse: raiseTo6 as never,
        }),
    ) ?? expect.fail('no contract');

  it.each([
    [4, '{"a":"x","_v":4}'],
    [5, '{"b":"x","_v":5}'],
    [6, '{"c":"x","_v":6}'],
  ])('from version %i', (version, text) => {
    expect(readResponse(three(), version, text)).toStrictEqual({ ok: true, response: { c: 'x' } });
  });

  it('after it was checked against the negotiated version', () => {
    failsWith(readResponse(three(), 4, '{"c":"x","_v":4}'), 'response_decode', 'schema_mismatch');
    failsWith(readResponse(three(), 4, '{"c":"x","_v":6}'), 'response_envelope', 'version_mismatch');
  });

  it.each([
    ['adapter_threw', 'the lower', three(({ a }) => boom(a)), 'from version 4 to 5'],
    ['adapter_threw', 'the upper', three(undefined, ({ b }) => boom(b)), 'from version 5 to 6'],
    ['adapter_mismatch', 'the lower', three(({ a }) => ({ [a]: a })), 'from version 4 to 5'],
    ['adapter_mismatch', 'the upper', three(undefined, ({ b }) => [b]), 'from version 5 to 6'],
    [
      'adapter_mismatch',
      'undefined from the upper',
      three(undefined, () => undefined),
      'from version 5 to 6',
    ],
    [
      'adapter_mismatch',
      'a promise that rejects from the upper',
      three(undefined, () => rejecting()),
      '5 to 6',
    ],
  ])('or fails with %s: %s adapter', (code, _, ladder, step) => {
    const result = readResponse(ladder, 4, `{"a":"${MARKER}","_v":4}`);
    failsWith(result, 'response_decode', code);
    expect(result).toHaveProperty('message', expect.stringContaining(step));
  });

  it('without running the adapters below its own version', () => {
    const ladder = three(({ a }) => boom(a));
    expect(readResponse(ladder, 5, '{"b":"x","_v":5}')).toStrictEqual({ ok: true, response: { c: 'x' } });
  });
});

describe('no error message contains parts of the response', () => {
  const marked = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>(MARKER, 1, null, true, `${MARKER} `),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '_v', '__proto__', MARKER), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const union = ladderOf(
    z.strictObject({ a: z.union([z.int(), z.strictObject({ b: z.int() }), z.tuple([z.int()])]) }),
    { a: 1 },
  );
  const tagged = ladderOf(
    z.strictObject({ a: z.discriminatedUnion('b', [z.strictObject({ b: z.literal('c'), c: z.int() })]) }),
    { a: { b: 'c', c: 1 } },
  );
  const enumerated = ladderOf(z.strictObject({ a: z.record(z.enum(['b', 'c']), z.array(z.int().max(3))) }), {
    a: { b: [], c: [] },
  });
  const keyed = ladderOf(z.strictObject({ a: z.record(z.string().max(3), z.int()) }), { a: {} });
  const formats = ladderOf(z.strictObject({ a: z.string().max(3).startsWith('x') }), { a: 'x' });
  const both = ladderOf(z.strictObject({ a: z.intersection(z.record(z.string(), z.int()), z.unknown()) }), {
    a: {},
  });

  it.each([
    ['closed', closed],
    ['any JSON', anyJson],
    ['record', record],
    ['record of short keys', keyed],
    ['record of an enum', enumerated],
    ['z.lazy', trees],
    ['codec', coded],
    ['union', union],
    ['tagged union', tagged],
    ['formats', formats],
    ['intersection', both],
  ])('with a schema of this kind: %s', (_, ladder) => {
    fc.assert(
      fc.property(marked, marked, fc.boolean(), fc.nat(80), (a, rest, whole, cut) => {
        const envelope = JSON.stringify({ ...(rest as object | null), a, _v: 1 });
        const text = whole ? envelope : envelope.slice(0, cut);
        const result = readResponse(ladder, 1, text);
        expect(result.ok ? '' : result.message).not.toContain(MARKER);
      }),
    );
  });
});
