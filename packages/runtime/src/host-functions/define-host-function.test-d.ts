import { assertType, describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction, type HostFunction } from './define-host-function.ts';
import type { HostCaller } from './host-function-body.ts';

const place = z.strictObject({ country: z.string() });

describe('the types of a declared host function', () => {
  it('pass the arguments to the implementation, and then the caller', () => {
    defineHostFunction({
      name: 'f',
      parameters: ['text', 'bytes?', 'u32', 'u64', 'f64', place],
      run: (...args) => {
        expectTypeOf(args).toEqualTypeOf<
          [
            string,
            Uint8Array<ArrayBuffer> | undefined,
            number,
            bigint,
            number,
            { country: string },
            HostCaller,
          ]
        >();
      },
    });
    defineHostFunction({
      name: 'f',
      run: (...args) => {
        expectTypeOf(args).toEqualTypeOf<[HostCaller]>();
      },
    });
  });

  it('require the declared result', () => {
    defineHostFunction({ name: 'f', result: place, run: () => ({ country: 'NZ' }) });
    defineHostFunction({ name: 'f', result: 'bytes', run: () => Buffer.from('bytes') });
    defineHostFunction({ name: 'f', result: 'text?', run: () => undefined });
    // @ts-expect-error -- not the schema's type
    defineHostFunction({ name: 'f', result: place, run: () => ({ country: 7 }) });
    // @ts-expect-error -- an i64 is a bigint
    defineHostFunction({ name: 'f', result: 'i64', run: () => 7 });
    // @ts-expect-error -- only a kind with ? may be undefined
    defineHostFunction({ name: 'f', result: 'text', run: () => undefined });
    // @ts-expect-error -- no result is declared
    defineHostFunction({ name: 'f', run: () => 7 });
  });

  it('reject a promise', () => {
    // @ts-expect-error -- also without a result
    defineHostFunction({ name: 'f', run: async () => await Promise.resolve() });
    // @ts-expect-error -- also a promise of the declared type
    defineHostFunction({ name: 'f', result: 'text', run: async () => await Promise.resolve('text') });
  });

  it('allow error_result only if the result is a schema', () => {
    const run = () => ({ country: 'NZ' });
    defineHostFunction({ name: 'f', result: place, onError: 'error_result', run });
    // @ts-expect-error -- a text result cannot carry an error
    defineHostFunction({ name: 'f', result: 'text', onError: 'error_result', run: () => 'text' });
    // @ts-expect-error -- neither can a missing result
    defineHostFunction({ name: 'f', onError: 'error_result', run: () => {} });
  });

  it('allow only known kinds', () => {
    // @ts-expect-error -- not a kind
    defineHostFunction({ name: 'f', parameters: ['string'], run: () => {} });
    // @ts-expect-error -- a line is only for parameters
    defineHostFunction({ name: 'f', result: 'line', run: () => 'line' });
  });

  it('are kept, and fit a list of host functions', () => {
    const f = defineHostFunction({
      name: 'f',
      parameters: ['text'],
      result: place,
      run: () => ({ country: '' }),
    });
    expectTypeOf(f.parameters).toEqualTypeOf<readonly ['text']>();
    assertType<readonly HostFunction[]>([f]);
  });
});
