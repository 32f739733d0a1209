import { assertType, describe, expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction, type HostFunction } from './define-host-function.ts';
import type { HostCaller } from './host-function-body.ts';

const place = z.strictObject({ country: z.string() });

describe('a declaration', () => {
  it('gives the implementation its arguments, and the caller last', () => {
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

  it('holds the implementation to its result', () => {
    defineHostFunction({ name: 'f', result: place, run: () => ({ country: 'NZ' }) });
    defineHostFunction({ name: 'f', result: 'bytes', run: () => Buffer.from('bytes') });
    defineHostFunction({ name: 'f', result: 'text?', run: () => undefined });
    // @ts-expect-error -- another type than the schema's
    defineHostFunction({ name: 'f', result: place, run: () => ({ country: 7 }) });
    // @ts-expect-error -- an i64 is a bigint
    defineHostFunction({ name: 'f', result: 'i64', run: () => 7 });
    // @ts-expect-error -- only a kind with ? may be nothing
    defineHostFunction({ name: 'f', result: 'text', run: () => undefined });
    // @ts-expect-error -- nothing is declared
    defineHostFunction({ name: 'f', run: () => 7 });
  });

  it('takes no promise', () => {
    // @ts-expect-error -- for no result either
    defineHostFunction({ name: 'f', run: async () => await Promise.resolve() });
    // @ts-expect-error -- a promise of the right thing is not the thing
    defineHostFunction({ name: 'f', result: 'text', run: async () => await Promise.resolve('text') });
  });

  it('shows errors only where the result is a schema', () => {
    const run = () => ({ country: 'NZ' });
    defineHostFunction({ name: 'f', result: place, onError: 'error_result', run });
    // @ts-expect-error -- text has no place for an error
    defineHostFunction({ name: 'f', result: 'text', onError: 'error_result', run: () => 'text' });
    // @ts-expect-error -- nothing has none either
    defineHostFunction({ name: 'f', onError: 'error_result', run: () => {} });
  });

  it('takes only kinds that there are', () => {
    // @ts-expect-error -- no kind
    defineHostFunction({ name: 'f', parameters: ['string'], run: () => {} });
    // @ts-expect-error -- a line is for reading
    defineHostFunction({ name: 'f', result: 'line', run: () => 'line' });
  });

  it('keeps its types, and fits a list of others', () => {
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
