import { defineWireFunction } from '@plugwire/wire';
import { describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import type { DispatchOutcome, Plugin } from '../index.ts';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string(), tone: z.enum(['warm', 'cool']) }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '', tone: 'warm' }, response: { text: '' } },
}).withDefault(({ name }) => ({ text: name }));

declare const plugin: Plugin;
declare const body: unknown;
declare const outcome: DispatchOutcome<typeof greet>;

describe('the type of a request', () => {
  it('is checked against the contract', () => {
    const typed = plugin.dispatchSync(greet, { name: 'Ada', tone: 'warm' });
    expectTypeOf(typed).toEqualTypeOf<DispatchOutcome<typeof greet>>();
    // @ts-expect-error a wrong type
    plugin.dispatchSync(greet, { name: 1, tone: 'warm' });
    // @ts-expect-error a missing property
    plugin.dispatchSync(greet, { name: 'Ada' });
    // @ts-expect-error a property that the contract does not have
    plugin.dispatchSync(greet, { name: 'Ada', tone: 'warm', age: 36 });
    // @ts-expect-error not an object
    void plugin.dispatch(greet, 'Ada');
  });

  it('may be unknown, because requests are validated', () => {
    expectTypeOf(plugin.dispatchSync(greet, body)).toEqualTypeOf<DispatchOutcome<typeof greet>>();
    expectTypeOf(plugin.dispatch(greet, body, { deadlineMs: 5 })).resolves.toEqualTypeOf<
      DispatchOutcome<typeof greet>
    >();
  });
});

describe('the type of an outcome', () => {
  it('is a fallback without an answer if there is no response', () => {
    if (outcome.response === undefined) {
      expectTypeOf(outcome.kind).toEqualTypeOf<'fallback'>();
      expectTypeOf(outcome.response).toEqualTypeOf<undefined>();
      expectTypeOf(outcome.error.code).toBeString();
    } else {
      expectTypeOf(outcome.kind).toEqualTypeOf<'ok' | 'fallback'>();
      expectTypeOf(outcome.response).toEqualTypeOf<{ text: string }>();
    }
  });

  it('has an optional response if it is a fallback', () => {
    if (outcome.kind === 'ok') expectTypeOf(outcome.response).toEqualTypeOf<{ text: string }>();
    else expectTypeOf(outcome.response).toEqualTypeOf<{ text: string } | undefined>();
  });
});
