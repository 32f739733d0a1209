import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { jsonObject, jsonValue } from '../json/json-value.ts';
import { defineWireFunction } from './define-wire-function.ts';
import { findLadder } from './ladder.ts';

const text = z.strictObject({ text: z.string() });
const valid = {
  name: 'greet',
  fallback: 'use_default',
  request: text,
  response: text,
  sample: { request: { text: '' }, response: { text: '' } },
} as const;
const upward = {
  request: text,
  response: text,
  sample: valid.sample,
  downgradeRequest: (newer: { text: string }) => newer,
  upgradeResponse: (older: { text: string }) => older,
};

/** Defines a contract with some parts replaced by values that the types would refuse. */
const define = (parts: object) => defineWireFunction({ ...valid, ...parts });
const usageError = (code: string) => expect.objectContaining({ name: 'PlugwireUsageError', code }) as unknown;
const refusal = (run: () => unknown): Error => {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error('was not refused');
};

describe('a valid definition', () => {
  it('has name, fallback and versions', () => {
    expect(defineWireFunction(valid)).toMatchObject({
      name: 'greet',
      fallback: 'use_default',
      versions: [1],
    });
  });

  it('starts at the given version', () => {
    expect(define({ version: 2 }).versions).toStrictEqual([2]);
    expect(define({ version: 2 }).next(upward as never).versions).toStrictEqual([2, 3]);
    expect(define({ version: 65_535 }).versions).toStrictEqual([65_535]);
  });

  it('returns a new contract from next and does not change', () => {
    const first = defineWireFunction(valid);
    const second = first.next(upward);
    expect(second).not.toBe(first);
    expect(second.versions).toStrictEqual([1, 2]);
    expect(first.versions).toStrictEqual([1]);
    expect(findLadder(first)?.rungs).toHaveLength(1);
    expect(first.next(upward).versions).toStrictEqual([1, 2]);
  });

  it('is immutable', () => {
    const contract = defineWireFunction(valid);
    const ended = contract.withDefault(() => ({ text: '' }));
    for (const each of [contract, contract.next(upward), ended]) {
      expect(Object.isFrozen(each)).toBe(true);
      expect(Object.isFrozen(each.versions)).toBe(true);
    }
  });

  it('cannot be extended after withDefault', () => {
    const ended = defineWireFunction(valid).withDefault(() => ({ text: 'none' }));
    expect(ended).not.toHaveProperty('next');
    expect(ended).not.toHaveProperty('withDefault');
    expect(ended.versions).toStrictEqual([1]);
  });

  it('does not change when withDefault is called', () => {
    const contract = defineWireFunction(valid);
    const ended = contract.withDefault(() => ({ text: 'none' }));
    expect(findLadder(contract)?.makeDefault).toBeUndefined();
    expect(findLadder(ended)?.makeDefault).toBeTypeOf('function');
  });

  it.each(['fail_request', 'silent_skip', 'pass_through'])(
    'has no withDefault if the fallback is %s',
    (fallback) => {
      expect(define({ fallback })).not.toHaveProperty('withDefault');
    },
  );

  it('has a ladder that a copy of it does not have', () => {
    const contract = defineWireFunction(valid);
    expect(findLadder({ ...contract })).toBeUndefined();
    expect(findLadder(null)).toBeUndefined();
    expect(findLadder('greet')).toBeUndefined();
  });

  it('can have 16 versions and no more', () => {
    let contract = defineWireFunction(valid);
    for (let version = 2; version <= 16; version += 1) contract = contract.next(upward);
    expect(contract.versions).toHaveLength(16);
    expect(() => contract.next(upward)).toThrow(usageError('too_many_versions'));
  });
});

describe('a definition is refused with', () => {
  it.each([
    ['empty', ''],
    ['capital', 'Greet'],
    ['dash', 'greet-me'],
    ['dot', 'greet.me'],
    ['leading digit', '1greet'],
    ['leading underscore', '_start'],
    ['trailing newline', 'greet\n'],
    ['not ASCII', 'grüßen'],
    ['65 bytes', 'g'.repeat(65)],
    ['memory', 'memory'],
    ['hs_init', 'hs_init'],
    ['the handshake', 'cc_lb_handshake'],
    ['a number', 7],
    ['null', null],
    ['missing', undefined],
  ])('bad_name: %s', (_, name) => {
    expect(() => define({ name })).toThrow(usageError('bad_name'));
  });

  it.each(['retry', 'USE_DEFAULT', '', undefined, null, 1])('bad_policy: %s', (fallback) => {
    expect(() => define({ fallback })).toThrow(usageError('bad_policy'));
  });

  it.each([0, -1, 1.5, 65_536, Number.NaN, Infinity, '1'])('bad_version: %s', (version) => {
    expect(() => define({ version })).toThrow(usageError('bad_version'));
  });

  it('bad_version: a next version above 65535', () => {
    expect(() => define({ version: 65_535 }).next(upward as never)).toThrow(usageError('bad_version'));
  });

  it.each([
    ['downgradeRequest is missing', { downgradeRequest: undefined }],
    ['upgradeResponse is missing', { upgradeResponse: undefined }],
    ['downgradeRequest is not a function', { downgradeRequest: {} }],
    ['upgradeResponse is not a function', { upgradeResponse: 'same' }],
  ])('bad_adapter: %s', (_, parts) => {
    expect(() => defineWireFunction(valid).next({ ...upward, ...parts } as never)).toThrow(
      usageError('bad_adapter'),
    );
  });

  it.each(['downgradeRequest', 'upgradeResponse'])(
    'bad_adapter: an async %s, whose rejection nobody would handle',
    (key) => {
      const parts = { ...upward, [key]: async () => await Promise.reject(new Error('no')) };
      expect(() => defineWireFunction(valid).next(parts as never)).toThrow(usageError('bad_adapter'));
    },
  );

  it('bad_default: an async function, whose rejection nobody would handle', () => {
    const makeDefault = async () => await Promise.reject(new Error('no'));
    expect(() => defineWireFunction(valid).withDefault(makeDefault as never)).toThrow(
      usageError('bad_default'),
    );
  });

  it.each([
    ['throws', () => expect.fail('no')],
    ['returns nothing', () => undefined],
    ['returns another type', () => ({ text: 1 })],
    ['returns an extra key', () => ({ text: '', more: 1 })],
    ['returns a promise', () => Promise.resolve({ text: '' })],
  ])('bad_default: a function that %s for the sample', (_, makeDefault) => {
    expect(() => defineWireFunction(valid).withDefault(makeDefault as never)).toThrow(
      usageError('bad_default'),
    );
  });

  it('bad_default only after the default was run on the sample of the newest version', () => {
    const seen: unknown[] = [];
    const newer = {
      request: z.strictObject({ name: z.string() }),
      response: text,
      sample: { request: { name: 'sample' }, response: { text: '' } },
      downgradeRequest: ({ name }: { name: string }) => ({ text: name }),
      upgradeResponse: (older: { text: string }) => older,
    };
    defineWireFunction(valid)
      .next(newer)
      .withDefault((request) => {
        seen.push(request);
        return { text: '' };
      });
    expect(seen).toStrictEqual([{ name: 'sample' }]);
  });

  it.each([undefined, null, 7])('bad_name or bad_schema: %j instead of a definition', (given) => {
    expect(() => defineWireFunction(given as never)).toThrow(usageError('bad_name'));
    expect(() => defineWireFunction(valid).next(given as never)).toThrow(usageError('bad_schema'));
  });

  it.each([undefined, null, {}, { text: '' }])('bad_default: %s', (makeDefault) => {
    expect(() => defineWireFunction(valid).withDefault(makeDefault as never)).toThrow(
      usageError('bad_default'),
    );
  });

  it.each([
    ['request does not fit', { request: { text: 1 }, response: { text: '' } }],
    ['response does not fit', { request: { text: '' }, response: { text: 1 } }],
    ['request missing', { response: { text: '' } }],
    ['response missing', { request: { text: '' } }],
    ['unknown key', { request: { text: '', more: 1 }, response: { text: '' } }],
    ['reserved key', { request: { text: '', _v: 1 }, response: { text: '' } }],
    ['no sample', undefined],
    ['null', null],
  ])('bad_sample: %s', (_, sample) => {
    expect(() => define({ sample })).toThrow(usageError('bad_sample'));
  });

  it.each([
    [
      'has another type after a round trip through JSON',
      z.strictObject({ at: z.instanceof(Date) }),
      { at: new Date(0) },
    ],
    ['JSON leaves out', z.strictObject({ f: z.custom((value) => value !== undefined) }), { f: () => 1 }],
  ])('bad_sample: a value that %s', (_, request, sample) => {
    expect(() => define({ request, sample: { request: sample, response: { text: '' } } })).toThrow(
      usageError('bad_sample'),
    );
  });

  it('a message that does not show the sample', () => {
    const sample = { request: { text: 1, MARKER_KEY: 'MARKER' }, response: { text: '' } };
    const error = refusal(() => define({ sample }));
    expect(error).toMatchObject({ code: 'bad_sample' });
    expect(error.message).not.toContain('MARKER');
  });
});

const inner: readonly (readonly [string, z.ZodType])[] = [
  ['z.object', z.object({ a: z.string() })],
  ['z.looseObject', z.looseObject({})],
  ['catchall', z.strictObject({}).catchall(z.string())],
  ['transform', z.string().transform((value) => value.length)],
  ['z.transform', z.transform((value) => value)],
  ['preprocess', z.preprocess((value) => value, z.string())],
  ['trim', z.string().trim()],
  ['toLowerCase', z.string().toLowerCase()],
  ['toUpperCase', z.string().toUpperCase()],
  ['normalize', z.string().normalize()],
  ['overwrite', z.string().overwrite((value) => value)],
  ['coerce.string', z.coerce.string()],
  ['coerce.number', z.coerce.number()],
  ['coerce.boolean', z.coerce.boolean()],
  ['catch', z.string().catch('')],
  ['async refine', z.string().refine(async () => await Promise.resolve(true))],
  ['z.json()', z.json()],
  ['z.date', z.date()],
  ['z.bigint', z.bigint()],
  ['z.map', z.map(z.string(), z.string())],
  ['z.set', z.set(z.string())],
  ['z.symbol', z.symbol()],
  ['z.undefined', z.undefined()],
  ['z.void', z.void()],
  ['z.nan', z.nan()],
  ['z.file', z.file()],
  ['z.promise', z.promise(z.string())],
  ['z.success', z.success(z.string())],
  ['a literal undefined', z.literal([undefined, 'a'])],
  ['a literal BigInt', z.literal(1n)],
  ['a loose record', z.looseRecord(z.string(), z.string())],
  ['a key __proto__', z.strictObject({ ['__proto__']: z.string() })],
];

describe('defineWireFunction throws bad_schema for', () => {
  const holders: readonly (readonly [string, (part: z.ZodType) => z.ZodType])[] = [
    ['a member', (part) => z.strictObject({ part })],
    ['an optional member', (part) => z.strictObject({ part: part.optional() })],
    ['an array', (part) => z.strictObject({ part: z.array(part) })],
    ['a tuple', (part) => z.strictObject({ part: z.tuple([z.string(), part]) })],
    ["a tuple's rest", (part) => z.strictObject({ part: z.tuple([z.string()], part) })],
    ['a union', (part) => z.strictObject({ part: z.union([z.string(), part]) })],
    ['an intersection', (part) => z.strictObject({ part: z.intersection(z.unknown(), part) })],
    ['a record', (part) => z.strictObject({ part: z.record(z.string(), part) })],
    ['z.lazy', (part) => z.strictObject({ part: z.lazy(() => part) })],
    ["a codec's wire side", (part) => z.strictObject({ part: identityCodec(part) })],
  ];
  const identityCodec = (part: z.ZodType) =>
    z.codec(part, z.any(), { decode: (wire) => wire, encode: (host) => host });
  const cases = inner.flatMap(([name, part]) =>
    holders.map(([place, hold]) => [name, place, hold(part)] as const),
  );

  it.each(cases)('%s in %s', (_name, _place, request) => {
    expect(() => define({ request })).toThrow(usageError('bad_schema'));
  });

  it.each(inner)('%s in a response', (_, part) => {
    expect(() => define({ response: z.strictObject({ part }) })).toThrow(usageError('bad_schema'));
  });

  it.each(inner)('%s in a further version', (_, part) => {
    const source = { ...upward, request: z.strictObject({ part }) };
    expect(() => defineWireFunction(valid).next(source as never)).toThrow(usageError('bad_schema'));
  });

  it.each([
    ['string', z.string()],
    ['array', z.array(text)],
    ['record', z.record(z.string(), z.string())],
    ['jsonObject', jsonObject],
    ['unknown', z.unknown()],
    ['optional object', text.optional()],
    ['nullable object', text.nullable()],
    ['default object', text.default({ text: '' })],
    ['union with a string', z.union([text, z.string()])],
    ['lazy array', z.lazy(() => z.array(text))],
    ['intersection', z.intersection(text, text)],
    ['loose object', z.looseObject({ text: z.string() })],
    ['plain object', z.object({ text: z.string() })],
    ['transformed object', text.transform((value) => value)],
    ['preprocessed object', z.preprocess((value) => value, text)],
    ['caught object', text.catch({ text: '' })],
    ['async refined object', text.refine(async () => await Promise.resolve(true))],
    ['no schema', undefined],
    ['null', null],
    ['a function', () => text],
    ['an object that is not a schema', { _def: {} }],
  ])('%s as the root', (_, request) => {
    expect(() => define({ request })).toThrow(usageError('bad_schema'));
  });

  it.each([
    ['an object', z.strictObject({ _v: z.int() })],
    ['a union', z.union([text, z.strictObject({ _v: z.int() })])],
    ['z.lazy', z.lazy(() => z.strictObject({ _v: z.int() }))],
    ['a readonly object', z.strictObject({ _v: z.int() }).readonly()],
    [
      'a codec',
      z.codec(z.strictObject({ _v: z.int() }), z.any(), {
        decode: (wire) => wire,
        encode: () => ({ _v: 1 }),
      }),
    ],
  ])('the key _v at the root of %s', (_, request) => {
    expect(() => define({ request })).toThrow(usageError('bad_schema'));
  });

  it('an invalid part, and names its place', () => {
    const request = z.strictObject({ list: z.array(z.strictObject({ at: z.date() })) });
    expect(() => define({ request })).toThrow('greet version 1, request.list[].at: is z.date()');
  });
});

describe('a schema is allowed to', () => {
  interface Tree {
    readonly children: Tree[];
  }
  const lazyTree: z.ZodType<Tree> = z.strictObject({ children: z.array(z.lazy(() => lazyTree)) });
  const getterTree = z.strictObject({
    get children() {
      return z.array(getterTree);
    },
  });
  const date = z.codec(z.iso.datetime(), z.date(), {
    decode: (wire) => new Date(wire),
    encode: (host) => host.toISOString(),
  });

  it.each([
    ['be empty', z.strictObject({}), {}],
    ['recurse with z.lazy', lazyTree, { children: [{ children: [] }] }],
    ['recurse with a getter', getterTree, { children: [{ children: [] }] }],
    ['contain a codec', z.strictObject({ at: date }), { at: new Date(0) }],
    ['contain any JSON', z.strictObject({ any: jsonValue, object: jsonObject }), { any: [null], object: {} }],
    ['be a union', z.discriminatedUnion('k', [z.strictObject({ k: z.literal('a') })]), { k: 'a' }],
    ['be readonly', text.readonly(), { text: '' }],
    [
      'use the key _v below the root',
      z.strictObject({ a: z.strictObject({ _v: z.int() }) }),
      { a: { _v: 1 } },
    ],
    ['refine', text.refine(() => true), { text: '' }],
    ['contain records', z.strictObject({ r: z.record(z.string(), z.int()) }), { r: { a: 1 } }],
    ['contain tuples', z.strictObject({ t: z.tuple([z.int()], z.string()) }), { t: [1, 'a'] }],
    [
      'contain scalars',
      z.strictObject({ a: z.enum(['x']), b: z.literal([null, 1]), c: z.boolean(), d: z.uuid(), e: z.null() }),
      { a: 'x', b: null, c: true, d: '00000000-0000-4000-8000-000000000001', e: null },
    ],
  ])('%s', (_, request, sample) => {
    const contract = define({ request, sample: { request: sample, response: { text: '' } } });
    expect(contract.versions).toStrictEqual([1]);
  });
});

describe('defineWireFunction also refuses', () => {
  it('a name that JSON cannot write', () => {
    expect(() => define({ name: 1n })).toThrow(usageError('bad_name'));
  });

  it.each([
    ['.check', z.string().check(async () => await Promise.resolve())],
    ['z.custom', z.custom(async () => await Promise.resolve(true))],
  ])('an async %s that the sample does not reach', (_, part) => {
    const request = z.strictObject({ text: z.string(), part: part.optional() });
    expect(() => define({ request })).toThrow(usageError('bad_schema'));
  });

  it.each([
    ['an async .superRefine', z.string().superRefine(async () => await Promise.resolve())],
    ['a refinement that returns a promise', z.string().refine((() => Promise.resolve(true)) as never)],
  ])('%s, if the sample reaches it', (_, part) => {
    expect(() => define({ request: z.strictObject({ text: part }) })).toThrow(usageError('bad_sample'));
  });

  it('a schema that creates new schemas endlessly', () => {
    const make = (): z.ZodType => z.lazy(() => z.strictObject({ next: make().optional() }));
    expect(() => define({ request: z.strictObject({ next: make() }) })).toThrow(usageError('bad_schema'));
  });

  it('a z.lazy whose function throws', () => {
    const part = z.lazy((): z.ZodType => {
      throw new Error('not yet');
    });
    expect(() => define({ request: z.strictObject({ part }) })).toThrow(usageError('bad_schema'));
  });

  it('a key called toJSON', () => {
    expect(() => define({ request: z.strictObject({ toJSON: z.unknown() }) })).toThrow(
      usageError('bad_schema'),
    );
  });
});
