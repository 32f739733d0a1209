import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { jsonObject, jsonValue } from '../json/json-value.ts';
import type { Ladder } from './ladder.ts';
import { ladderOf, write } from './testing/requests.ts';

const parse = (text: string): unknown => JSON.parse(text);
/** Nested arrays, this many levels deep. */
const nest = (levels: number): unknown => parse('['.repeat(levels) + ']'.repeat(levels));

const boom = (): never => {
  throw new Error('MARKER');
};
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

describe('a request is refused at request_envelope with', () => {
  const refused = (ladder: Ladder, request: unknown, code: string): void => {
    const result = write(ladder, request);
    expect(result).toMatchObject({ ok: false, stage: 'request_envelope', code });
    expect(result).not.toHaveProperty('message', expect.stringContaining('MARKER'));
  };

  describe.each([
    ['closed', closed],
    ['open', anyJson],
    ['coded', coded],
  ])('with a %s schema', (_, ladder) => {
    it.each([[[]], [[{ a: '' }]], [null], [undefined], ['MARKER'], [1], [true], [1n], [() => ({ a: '' })]])(
      'not_an_object: %s',
      (request) => {
        const isCoded = ladder === coded;
        // On the host's side the root of a codec may be anything, so there zod refuses the value.
        refused(ladder, request, isCoded ? 'schema_mismatch' : 'not_an_object');
      },
    );

    it.each([
      ['an unknown key', { a: '', MARKER: 'MARKER' }],
      ['_v', { a: '', _v: 1 }],
      ['a missing key', {}],
    ])('schema_mismatch: %s', (_name, request) => {
      refused(ladder, request, 'schema_mismatch');
    });

    it.each([
      [
        'a getter that throws',
        {
          get a() {
            return boom();
          },
        },
      ],
      ['a proxy that throws', new Proxy({}, { get: boom, ownKeys: boom, getPrototypeOf: boom, has: boom })],
      ['a revoked proxy', revoked()],
    ])('unreadable: %s', (_name, request) => {
      refused(ladder, request, 'unreadable');
    });
  });

  it.each([undefined, 1, null, {}, [], Number.NaN, 1n, Symbol('MARKER')])(
    'schema_mismatch: %s where a string is expected',
    (a) => refused(closed, { a }, 'schema_mismatch'),
  );

  it.each([
    ['undefined', undefined],
    ['a BigInt of 40 digits', 10n ** 39n],
    ['NaN', Number.NaN],
    ['Infinity', Infinity],
    ['a function', boom],
    ['a symbol', Symbol('MARKER')],
    ['a Date', new Date(0)],
    ['a Map', new Map([['MARKER', 1]])],
    ['a class instance', new (class Some {})()],
    ['an inherited toJSON', Object.create({ toJSON: boom })],
    ['an own toJSON', { toJSON: boom }],
    ['undefined in an array', ['x', undefined]],
    ['undefined in an object', { x: undefined }],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole', [, 1]],
  ])('schema_mismatch: %s where any JSON is expected', (_, a) => refused(anyJson, { a }, 'schema_mismatch'));

  it.each([
    ['at the root', closed, '{"__proto__":{"a":"MARKER"}}', 'schema_mismatch'],
    ['beside the rest', closed, '{"a":"","__proto__":1}', 'schema_mismatch'],
    ['nested', closed, '{"a":"","b":{"c":1,"__proto__":{"MARKER":1}}}', 'schema_mismatch'],
    ['in a record', record, '{"a":{"__proto__":"MARKER"}}', 'proto_key'],
    ['in any JSON', anyJson, '{"a":[{"__proto__":"MARKER"}]}', 'proto_key'],
    ['at the root of an open schema', anyJson, '{"a":1,"__proto__":"MARKER"}', 'proto_key'],
    ['in z.unknown', unknown, '{"a":{"x":{"__proto__":"MARKER"}}}', 'proto_key'],
    ['beside a codec', coded, '{"a":"","__proto__":"MARKER"}', 'proto_key'],
  ])('schema_mismatch or proto_key: a __proto__ key %s', (_, ladder, text, code) =>
    refused(ladder, parse(text), code),
  );

  it('unreadable: a check of the schema that throws', () => {
    const ladder = ladderOf(z.strictObject({ a: z.string().refine((a) => a === '' || boom()) }), { a: '' });
    refused(ladder, { a: 'MARKER' }, 'unreadable');
  });

  it('too_deep: a cycle', () => {
    const a: Record<string, unknown> = {};
    a['a'] = a;
    refused(unknown, { a }, 'too_deep');
    refused(anyJson, { a }, 'too_deep');
    refused(record, { a }, 'too_deep');
  });

  interface Tree {
    readonly a?: Tree | undefined;
  }
  const tree: z.ZodType<Tree> = z.strictObject({ a: z.lazy(() => tree).optional() });
  const trees = ladderOf(z.strictObject({ a: tree }), { a: {} });
  const treeOf = (levels: number): unknown =>
    parse('{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1));

  it.each([
    ['jsonValue', anyJson, (levels: number) => ({ a: nest(levels - 1) })],
    [
      'jsonObject',
      ladderOf(z.strictObject({ a: jsonObject }), { a: {} }),
      (levels: number) => ({ a: { b: nest(levels - 2) } }),
    ],
    ['z.unknown', unknown, (levels: number) => ({ a: nest(levels - 1) })],
    [
      'z.any',
      ladderOf(z.strictObject({ a: z.any() }), { a: 1 }),
      (levels: number) => ({ a: nest(levels - 1) }),
    ],
    ['z.record', record, (levels: number) => ({ a: { b: nest(levels - 2) } })],
    ['z.lazy', trees, treeOf],
  ])('too_deep: 129 levels in %s, while 128 are accepted', (_, ladder, deep) => {
    expect(write(ladder, deep(128))).toMatchObject({ ok: true });
    refused(ladder, deep(129), 'too_deep');
    refused(ladder, { a: nest(20_000) }, 'too_deep');
  });

  it('too_deep: nesting that only the toJSON of a class shows', () => {
    class Hiding {
      readonly #levels: number;
      constructor(levels: number) {
        this.#levels = levels;
      }
      toJSON(): unknown {
        return nest(this.#levels);
      }
    }
    expect(write(unknown, { a: new Hiding(127) })).toMatchObject({ ok: true });
    refused(unknown, { a: new Hiding(128) }, 'too_deep');
    refused(record, { a: { b: new Hiding(127) } }, 'too_deep');
  });

  it('no code for brackets inside the strings of a class', () => {
    class Brackets {
      readonly text = `\\"${'['.repeat(500)}`;
    }
    expect(write(unknown, { a: new Brackets() })).toMatchObject({ ok: true });
  });
});

describe('no error message contains parts of the request', () => {
  const marker = 'MARKER_7f3a';
  const marked = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom<unknown>(marker, 1, null, true, undefined, 1n),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', '_v', marker), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
  const union = ladderOf(
    z.strictObject({ a: z.union([z.int(), z.strictObject({ b: z.int() }), z.tuple([z.int()])]) }),
    { a: 1 },
  );
  const enumerated = ladderOf(z.strictObject({ a: z.record(z.enum(['b', 'c']), z.array(z.int().max(3))) }), {
    a: { b: [], c: [] },
  });
  const checked = ladderOf(z.strictObject({ a: z.string().max(3).regex(/^x/) }), { a: 'x' });

  it.each([
    ['closed', closed],
    ['any JSON', anyJson],
    ['record', record],
    ['codec', coded],
    ['union', union],
    ['record of an enum', enumerated],
    ['formats', checked],
  ])('with a schema of this kind: %s', (_, ladder) => {
    fc.assert(
      fc.property(fc.oneof(marked, fc.record({ a: marked })), (request) => {
        const result = write(ladder, request);
        expect(result.ok ? '' : result.message).not.toContain(marker);
      }),
    );
  });
});

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}
