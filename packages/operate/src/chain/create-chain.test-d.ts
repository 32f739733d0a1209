import { defineWireFunction, type ChainContract } from '@plugwire/wire';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { createChain } from './create-chain.ts';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
});
declare const contract: ChainContract<typeof greet>;
const chain = createChain(contract, []);

it('checks a request whose type is known, and accepts unknown', () => {
  expectTypeOf(chain.dispatchSync({ name: 'Ada' }).request).toEqualTypeOf<{ name: string }>();
  expectTypeOf(chain.dispatchSync(JSON.parse('') as unknown).request).toEqualTypeOf<unknown>();
  expectTypeOf(chain.dispatchSync(JSON.parse('') as unknown).response).toEqualTypeOf<
    { text: string } | undefined
  >();
  // @ts-expect-error -- `nam` is not a key of the request
  chain.dispatchSync({ nam: 'Ada' });
  // @ts-expect-error -- a string is not a request
  void chain.dispatch('Ada');
});
