import { expectTypeOf, it } from 'vitest';

import type { BreakerLimits, LoadOptions, PluginHostOptions } from '../index.ts';

it('hosts and loads accept limits of a breaker, and no other options of it', () => {
  expectTypeOf<NonNullable<LoadOptions['breaker']>>().toEqualTypeOf<Partial<BreakerLimits>>();
  expectTypeOf<NonNullable<PluginHostOptions['breaker']>>().toEqualTypeOf<Partial<BreakerLimits>>();
  expectTypeOf<{ breaker: { minimumCalls: number } }>().toExtend<LoadOptions>();
  expectTypeOf<{ breaker: { minimumCalls: string } }>().not.toExtend<LoadOptions>();
});
