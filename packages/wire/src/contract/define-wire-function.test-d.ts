import { assertType, describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from './define-wire-function.ts';
import type { RequestOf, ResponseOf, WireFunction } from './wire-function.ts';

const v1 = {
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
};
const v2 = {
  request: z.strictObject({ name: z.string(), formal: z.boolean() }),
  response: z.strictObject({ text: z.string(), tone: z.enum(['warm', 'cool']) }),
  sample: { request: { name: '', formal: true }, response: { text: '', tone: 'warm' as const } },
};
const date = z.codec(z.string(), z.date(), {
  decode: (wire) => new Date(wire),
  encode: (host) => host.toISOString(),
});
const v3 = {
  request: z.strictObject({ who: z.string(), at: date }),
  response: z.strictObject({ lines: z.array(z.string()) }),
  sample: { request: { who: '', at: new Date(0) }, response: { lines: [] } },
};

const one = defineWireFunction({ name: 'greet', fallback: 'use_default', ...v1 });
const two = one.next({
  ...v2,
  downgradeRequest: ({ name }) => ({ name }),
  upgradeResponse: ({ text }) => ({ text, tone: 'warm' as const }),
});
const three = two.next({
  ...v3,
  downgradeRequest: ({ who }) => ({ name: who, formal: false }),
  upgradeResponse: ({ text }) => ({ lines: [text] }),
});

describe('a contract', () => {
  it('keeps its name and its policy as literals', () => {
    expectTypeOf(one.name).toEqualTypeOf<'greet'>();
    expectTypeOf(one.fallback).toEqualTypeOf<'use_default'>();
    expectTypeOf(three.name).toEqualTypeOf<'greet'>();
  });

  it('infers the types of the newest of three versions, in the host form', () => {
    expectTypeOf<RequestOf<typeof one>>().toEqualTypeOf<{ name: string }>();
    expectTypeOf<RequestOf<typeof two>>().toEqualTypeOf<{ name: string; formal: boolean }>();
    expectTypeOf<ResponseOf<typeof two>>().toEqualTypeOf<{ text: string; tone: 'warm' | 'cool' }>();
    expectTypeOf<RequestOf<typeof three>>().toEqualTypeOf<{ who: string; at: Date }>();
    expectTypeOf<ResponseOf<typeof three>>().toEqualTypeOf<{ lines: string[] }>();
  });

  it('does not accept a request of another version', () => {
    const take = (request: RequestOf<typeof three>): unknown => request;
    take({ who: '', at: new Date(0) });
    // @ts-expect-error version 1's request
    take({ name: '' });
    // @ts-expect-error the wire's form of a codec
    take({ who: '', at: '1970-01-01T00:00:00Z' });
    // @ts-expect-error an unknown key
    take({ who: '', at: new Date(0), more: 1 });
    // @ts-expect-error a key is missing
    take({ who: '' });
  });

  it('is assignable to WireFunction', () => {
    assertType<WireFunction>(one);
    assertType<readonly WireFunction[]>([three, three.withDefault(() => ({ lines: [] }))]);
  });

  it('is immutable', () => {
    // @ts-expect-error readonly
    one.name = 'greet';
    // @ts-expect-error readonly
    one.versions.push(2);
  });
});

describe('the adapters', () => {
  it('are typed by the versions on both sides', () => {
    one.next({
      ...v2,
      downgradeRequest: (newer) => {
        expectTypeOf(newer).toEqualTypeOf<{ name: string; formal: boolean }>();
        return { name: newer.name };
      },
      upgradeResponse: (older) => {
        expectTypeOf(older).toEqualTypeOf<{ text: string }>();
        return { text: older.text, tone: 'cool' as const };
      },
    });
  });

  it('are both required', () => {
    // @ts-expect-error downgradeRequest is missing
    one.next({ ...v2, upgradeResponse: ({ text }) => ({ text, tone: 'warm' as const }) });
    // @ts-expect-error upgradeResponse is missing
    one.next({ ...v2, downgradeRequest: ({ name }) => ({ name }) });
  });

  it('must return the types of the other version', () => {
    one.next({
      ...v2,
      // @ts-expect-error no version 1 request
      downgradeRequest: ({ formal }) => ({ formal }),
      // @ts-expect-error no version 2 response
      upgradeResponse: ({ text }) => ({ text }),
    });
  });
});

describe('a definition', () => {
  it('needs a known policy, and a sample that fits', () => {
    // @ts-expect-error no such policy
    defineWireFunction({ name: 'greet', fallback: 'retry', ...v1 });
    // @ts-expect-error sample is missing
    defineWireFunction({
      name: 'greet',
      fallback: 'silent_skip',
      request: v1.request,
      response: v1.response,
    });
    const sample = { request: { name: 1 }, response: { text: '' } };
    // @ts-expect-error the sample does not fit
    defineWireFunction({ name: 'greet', fallback: 'silent_skip', ...v1, sample });
  });
});

describe('withDefault', () => {
  it('is typed by the newest version', () => {
    const ended = three.withDefault((request) => {
      expectTypeOf(request).toEqualTypeOf<{ who: string; at: Date }>();
      return { lines: [request.who] };
    });
    expectTypeOf<ResponseOf<typeof ended>>().toEqualTypeOf<{ lines: string[] }>();
    expectTypeOf<RequestOf<typeof ended>>().toEqualTypeOf<{ who: string; at: Date }>();
    // @ts-expect-error version 1's response
    three.withDefault(() => ({ text: '' }));
  });

  it('adds applyDefault, typed by the newest version', () => {
    const ended = three.withDefault((request) => ({ lines: [request.who] }));
    expectTypeOf(ended.applyDefault({ who: '', at: new Date(0) })).toEqualTypeOf<{ lines: string[] }>();
    expectTypeOf(ended).toExtend<WireFunction>();
    expectTypeOf(three).not.toHaveProperty('applyDefault');
    // @ts-expect-error version 1's request
    ended.applyDefault({ name: '' });
  });

  it('exists only after use_default', () => {
    expectTypeOf(one).toHaveProperty('withDefault');
    const failing = defineWireFunction({ name: 'sign', fallback: 'fail_request', ...v1 });
    const skipping = defineWireFunction({ name: 'sign', fallback: 'silent_skip', ...v1 });
    const passing = defineWireFunction({ name: 'sign', fallback: 'pass_through', ...v1 });
    // @ts-expect-error after fail_request
    failing.withDefault(() => ({ text: '' }));
    // @ts-expect-error after silent_skip
    skipping.withDefault(() => ({ text: '' }));
    // @ts-expect-error after pass_through
    passing.withDefault(() => ({ text: '' }));
  });

  it('cannot be followed by another version or default', () => {
    const ended = one.withDefault(() => ({ text: '' }));
    // @ts-expect-error no further version after the default
    ended.next(v2);
    // @ts-expect-error no second default
    ended.withDefault(() => ({ text: '' }));
  });
});
