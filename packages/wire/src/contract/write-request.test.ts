import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { jsonValue } from '../json/json-value.ts';
import { defineWireFunction } from './define-wire-function.ts';
import type { Ladder } from './ladder.ts';
import { findLadder } from './ladder.ts';
import { ladderOf, write } from './testing/requests.ts';
import { checkRequest, writeRequest } from './write-request.ts';

const empty = z.strictObject({});
const written = (ladder: Ladder, request: unknown, version?: number): string => {
  const result = write(ladder, request, version);
  return result.ok ? result.text : expect.fail(result.message);
};
const parse = (text: string): unknown => JSON.parse(text);

const boom = (): never => {
  throw new Error('MARKER');
};
/** If nobody handled this rejection, it would end the process. */
const rejecting = (): never => Promise.reject(new Error('MARKER')) as never;
const date = z.codec(z.string(), z.date(), {
  decode: (wire) => new Date(wire),
  encode: (host) => host.toISOString(),
});

const closed = ladderOf(z.strictObject({ a: z.string(), b: z.strictObject({ c: z.int() }).optional() }), {
  a: '',
});
const anyJson = ladderOf(z.strictObject({ a: jsonValue }), { a: null });
const unknown = ladderOf(z.strictObject({ a: z.unknown() }), { a: null });
const record = ladderOf(z.strictObject({ a: z.record(z.string(), z.unknown()) }), { a: {} });
const coded = ladderOf(z.strictObject({ a: date }), { a: new Date(0) });

describe('a request is written', () => {
  it('with _v last', () => {
    expect(written(closed, { a: 'x', b: { c: 1 } })).toBe('{"a":"x","b":{"c":1},"_v":1}');
  });

  it('with only _v if it is empty', () => {
    expect(written(ladderOf(empty, {}), {})).toBe('{"_v":1}');
  });

  it('in the wire form of a codec', () => {
    expect(written(coded, { a: new Date(0) })).toBe('{"a":"1970-01-01T00:00:00.000Z","_v":1}');
  });

  it.each(['\ud800', '\udfff', 'x\udc00\ud800y'])('with lone surrogates escaped: %j', (text) => {
    const json = written(closed, { a: text });
    expect(json).toMatch(/^[\u0020-\u007e]+$/);
    expect(parse(json)).toStrictEqual({ a: text, _v: 1 });
  });

  it('with any JSON that it contains', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('__proto__'));
        expect(parse(written(anyJson, { a: value }))).toStrictEqual({
          a: parse(JSON.stringify(value)),
          _v: 1,
        });
      }),
    );
  });

  it.each([closed, unknown])('as it was when it was checked, even if it changes afterwards', (ladder) => {
    const request = { a: 'before' };
    const checked = checkRequest(ladder, request);
    request.a = 'after';
    expect(checked.ok && writeRequest(ladder, 1, checked.message)).toStrictEqual({
      ok: true,
      text: '{"a":"before","_v":1}',
    });
  });

  it('any number of times after one check', () => {
    const checked = checkRequest(closed, { a: 'x' });
    const message = checked.ok ? checked.message : expect.fail();
    expect(writeRequest(closed, 1, message)).toStrictEqual(writeRequest(closed, 1, message));
    expect(message.host).toStrictEqual({ a: 'x' });
  });

  it('without changing the given object', () => {
    const request = Object.freeze({ a: Object.freeze({ b: Object.freeze(['x']) }) });
    for (const ladder of [anyJson, unknown, record]) {
      expect(written(ladder, request)).toBe('{"a":{"b":["x"]},"_v":1}');
    }
    expect(request).toStrictEqual({ a: { b: ['x'] } });
  });

  it.each([
    ['a closed schema', closed, 'x'],
    ['any JSON', anyJson, 'x'],
    ['z.unknown', unknown, 'x'],
    ['a codec', coded, new Date(0)],
  ])('after reading each property once: %s', (_, ladder, value) => {
    let reads = 0;
    const request = {
      get a() {
        reads += 1;
        return value;
      },
    };
    written(ladder, request);
    expect(reads).toBe(1);
  });

  it('after reading each nested property once', () => {
    let reads = 0;
    const inner = {
      get c() {
        reads += 1;
        return reads;
      },
    };
    expect(written(closed, { a: '', b: inner })).toBe('{"a":"","b":{"c":1},"_v":1}');
    expect(written(anyJson, { a: inner })).toBe('{"a":{"c":2},"_v":1}');
    expect(reads).toBe(2);
  });

  it('with the validated value even if a getter returns another value later', () => {
    let reads = 0;
    const request = {
      get a() {
        reads += 1;
        return reads === 1 ? 'checked' : { secret: true };
      },
    };
    expect(written(closed, request)).toBe('{"a":"checked","_v":1}');
  });
});

describe('a written request fits the schema even if each read of the request returns something else', () => {
  const left = z.strictObject({ kind: z.literal('left'), a: z.int() });
  const right = z.strictObject({
    kind: z.literal('right'),
    a: z.string(),
    b: z.strictObject({ c: z.boolean() }),
  });
  const shown: Readonly<Record<string, readonly unknown[]>> = {
    kind: ['left', 'right'],
    a: [1, 'text', null],
    b: [{ c: true }, { c: 1 }, undefined],
  };
  const keysOf = { left: ['kind', 'a'], right: ['kind', 'a', 'b'] } as const;

  const byGetters = (keys: readonly string[], next: (key: string) => unknown): object =>
    Object.defineProperties(
      {},
      Object.fromEntries(keys.map((key) => [key, { enumerable: true, get: () => next(key) }])),
    );
  const byProxy = (keys: readonly string[], next: (key: string) => unknown): object =>
    new Proxy(Object.fromEntries(keys.map((key) => [key, 0])), { get: (_, key) => next(String(key)) });

  it.each([
    ['with a discriminator', z.discriminatedUnion('kind', [left, right])],
    ['without a discriminator', z.union([left, right])],
  ])('in a union %s', (_, part) => {
    const schema = z.strictObject({ parts: z.array(part) });
    const ladder = ladderOf(schema, { parts: [] });
    const looks = fc.infiniteStream(fc.nat());
    let passed = 0;
    fc.assert(
      fc.property(
        looks,
        fc.constantFrom('left', 'right'),
        fc.constantFrom(byGetters, byProxy),
        (look, side, show) => {
          const next = (key: string): unknown => {
            const values = shown[key] ?? [];
            return values[(look.next().value as number) % values.length];
          };
          const result = write(ladder, { parts: [show(keysOf[side], next)] });
          if (!result.ok) return;
          passed += 1;
          const { _v, ...rest } = JSON.parse(result.text) as { _v: number };
          expect(_v).toBe(1);
          expect(schema.safeParse(rest)).toMatchObject({ success: true });
        },
      ),
      { numRuns: 2000 },
    );
    expect(passed).toBeGreaterThan(100);
  });
});

describe('a request is refused at serialize_request with', () => {
  class Throwing {
    toJSON(): unknown {
      return boom();
    }
  }
  class Cyclic {
    readonly self = this;
  }
  it.each([
    ['NaN', unknown, { a: Number.NaN }],
    ['a nested infinity', record, { a: { b: [Infinity] } }],
    ['an inherited toJSON that throws', unknown, { a: new Throwing() }],
    ['an own toJSON that throws', unknown, { a: { toJSON: boom } }],
    ['a cycle through a class', unknown, { a: new Cyclic() }],
  ])('not_serializable: %s', (_, ladder, request) => {
    const result = write(ladder, request);
    expect(result).toMatchObject({ ok: false, stage: 'serialize_request', code: 'not_serializable' });
    expect(result).not.toHaveProperty('message', expect.stringContaining('MARKER'));
  });

  it('codec_threw: a codec that throws while it encodes', () => {
    const throwing = z.codec(z.string(), z.string(), {
      decode: (wire) => wire,
      encode: (host) => (host === '' ? '' : boom()),
    });
    const result = write(ladderOf(z.strictObject({ a: throwing }), { a: '' }), { a: 'MARKER' });
    expect(result).toMatchObject({ ok: false, stage: 'serialize_request', code: 'codec_threw' });
    expect(result).not.toHaveProperty('message', expect.stringContaining('MARKER'));
  });
});

describe('a request is downgraded', () => {
  type Lower = (newer: { c: string }) => unknown;
  const three = (
    lowerTo2: Lower = ({ c }) => ({ b: c }),
    lowerTo1: (newer: { b: string }) => unknown = ({ b }) => ({ a: b }),
  ) =>
    findLadder(
      defineWireFunction({
        name: 'greet',
        fallback: 'silent_skip',
        version: 4,
        request: z.strictObject({ a: z.string() }),
        response: empty,
        sample: { request: { a: '' }, response: {} },
      })
        .next({
          request: z.strictObject({ b: z.string() }),
          response: empty,
          sample: { request: { b: '' }, response: {} },
          downgradeRequest: lowerTo1 as never,
          upgradeResponse: (older) => older,
        })
        .next({
          request: z.strictObject({ c: z.string() }),
          response: empty,
          sample: { request: { c: '' }, response: {} },
          downgradeRequest: lowerTo2 as never,
          upgradeResponse: (older) => older,
        }),
    ) ?? expect.fail('no contract');

  it.each([
    [6, '{"c":"x","_v":6}'],
    [5, '{"b":"x","_v":5}'],
    [4, '{"a":"x","_v":4}'],
  ])('to version %i', (version, text) => {
    expect(written(three(), { c: 'x' }, version)).toBe(text);
  });

  it('after it was checked against the newest version', () => {
    expect(write(three(), { a: 'x' }, 4)).toMatchObject({ code: 'schema_mismatch' });
  });

  it.each([
    ['adapter_threw', 'the upper', three(boom), 'from version 6 to 5'],
    ['adapter_threw', 'the lower', three(undefined, boom), 'from version 5 to 4'],
    ['adapter_mismatch', 'the upper', three(() => ({ MARKER: 1 })), 'from version 6 to 5'],
    ['adapter_mismatch', 'the lower', three(undefined, () => ({ a: 1 })), 'from version 5 to 4'],
    [
      'adapter_mismatch',
      'undefined from the lower',
      three(undefined, () => undefined),
      'from version 5 to 4',
    ],
    ['adapter_mismatch', 'a promise that rejects from the upper', three(() => rejecting()), '6 to 5'],
  ])('or fails with %s: %s adapter', (code, _, ladder, step) => {
    const result = write(ladder, { c: 'MARKER' }, 4);
    expect(result).toMatchObject({ ok: false, stage: 'request_envelope', code });
    expect(result).toHaveProperty('message', expect.stringContaining(step));
    expect(result).not.toHaveProperty('message', expect.stringContaining('MARKER'));
  });

  it('without running the adapters below the requested version', () => {
    expect(written(three(undefined, boom), { c: 'x' }, 5)).toBe('{"b":"x","_v":5}');
    expect(written(three(boom, boom), { c: 'x' }, 6)).toBe('{"c":"x","_v":6}');
  });
});

describe('writing a request with codecs, classes and unions', () => {
  const throughText = (wire: z.ZodType) =>
    ladderOf(
      z.strictObject({
        a: z.codec(wire, z.string(), {
          decode: (value) => JSON.stringify(value),
          encode: (text) => parse(text),
        }),
      }),
      { a: '1' },
    );

  it('refuses a codec result that nests deeper than 128 levels', () => {
    const a = '['.repeat(1000) + ']'.repeat(1000);
    expect(write(throughText(z.unknown()), { a })).toMatchObject({ ok: false, code: 'too_deep' });
  });

  it('refuses a __proto__ key in a codec result', () => {
    expect(write(throughText(z.unknown()), { a: '{"__proto__":1}' })).toMatchObject({ ok: false });
  });

  it('refuses a __proto__ key in the toJSON result of a class', () => {
    class Hiding {
      toJSON(): unknown {
        return parse('{"__proto__":1}');
      }
    }
    expect(write(unknown, { a: new Hiding() })).toMatchObject({ ok: false });
  });

  it('reports a class whose getter throws as an unreadable request', () => {
    class Throwing {
      get a(): Date {
        return boom();
      }
    }
    expect(write(coded, new Throwing())).toMatchObject({ stage: 'request_envelope', code: 'unreadable' });
  });

  it('copies a class instance if the schema has a codec', () => {
    class Request {
      a = new Date(0);
    }
    const request = new Request();
    const checked = checkRequest(coded, request);
    expect(checked.ok && checked.message.host).not.toBe(request);
  });

  it('reads the discriminator of a union once', () => {
    let reads = 0;
    const request = {
      get a() {
        reads += 1;
        return 'x';
      },
    };
    written(
      ladderOf(z.discriminatedUnion('a', [z.strictObject({ a: z.literal('x') })]), { a: 'x' }),
      request,
    );
    expect(reads).toBe(1);
  });
});
