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

describe('a request', () => {
  it('is checked against the contract if it has a type', () => {
    const typed = plugin.dispatchSync(greet, { name: 'Ada', tone: 'warm' });
    expectTypeOf(typed).toEqualTypeOf<DispatchOutcome<typeof greet>>();
    // @ts-expect-error a wrong type
    plugin.dispatchSync(greet, { name: 1, tone: 'warm' });
    // @ts-expect-error a missing property
    plugin.dispatchSync(greet, { name: 'Ada' });
    // @ts-expect-error a property that the contract does not have
    plugin.dispatchSync(greet, { name: 'Ada', tone: 'warm', age: 36 });
    // @ts-expect-error no object
    void plugin.dispatch(greet, 'Ada');
  });

  it('may be of type unknown, since it is validated', () => {
    expectTypeOf(plugin.dispatchSync(greet, body)).toEqualTypeOf<DispatchOutcome<typeof greet>>();
    expectTypeOf(plugin.dispatch(greet, body, { deadlineMs: 5 })).resolves.toEqualTypeOf<
      DispatchOutcome<typeof greet>
    >();
  });
});

describe('an outcome', () => {
  it('without a response is a fallback without an answer', () => {
    if (outcome.response === undefined) {
      expectTypeOf(outcome.kind).toEqualTypeOf<'fallback'>();
      expectTypeOf(outcome.response).toEqualTypeOf<undefined>();
      expectTypeOf(outcome.error.code).toBeString();
    } else {
      expectTypeOf(outcome.kind).toEqualTypeOf<'ok' | 'fallback'>();
      expectTypeOf(outcome.response).toEqualTypeOf<{ text: string }>();
    }
  });

  it('has a response, or none, if it is a fallback', () => {
    if (outcome.kind === 'ok') expectTypeOf(outcome.response).toEqualTypeOf<{ text: string }>();
    else expectTypeOf(outcome.response).toEqualTypeOf<{ text: string } | undefined>();
  });
});
