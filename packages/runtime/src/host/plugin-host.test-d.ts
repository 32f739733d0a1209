import { expectTypeOf, it } from 'vitest';

import type { BreakerLimits, LoadOptions, PluginHostOptions } from '../index.ts';

it('a breaker is tuned by its limits, for a host and for a plugin, and by nothing else', () => {
  expectTypeOf<NonNullable<LoadOptions['breaker']>>().toEqualTypeOf<Partial<BreakerLimits>>();
  expectTypeOf<NonNullable<PluginHostOptions['breaker']>>().toEqualTypeOf<Partial<BreakerLimits>>();
  expectTypeOf<{ breaker: { minimumCalls: number } }>().toExtend<LoadOptions>();
  expectTypeOf<{ breaker: { minimumCalls: string } }>().not.toExtend<LoadOptions>();
});
