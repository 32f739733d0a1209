import { expectTypeOf, it } from 'vitest';

import { greet } from '../testing/contracts.ts';
import { failingPlugin } from './failing-plugin.ts';
import { type ContractFailure, failuresOf } from './failures-of.ts';
import { PLUGIN_FAILURES } from './plugin-failures.ts';

it('the failures of a contract need no other contract', () => {
  expectTypeOf(failuresOf(greet)).toEqualTypeOf<readonly ContractFailure[]>();
  it.each(failuresOf(greet))('compiles', async (failure) => {
    await failingPlugin(greet, failure);
  });
  it.each(PLUGIN_FAILURES)('does not compile', async (failure) => {
    // @ts-expect-error -- one of them needs another function that the plugin serves
    await failingPlugin(greet, failure);
  });
});
