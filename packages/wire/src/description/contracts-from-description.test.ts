import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import { buildOffer } from '../offer.ts';
import { contractsFromDescription, laddersFromDescription } from './contracts-from-description.ts';
import { describeContracts } from './describe-contract.ts';
import { readDescription } from './read-description.ts';
import { writeDescription } from './write-description.ts';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  version: 2,
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello' } },
})
  .next({
    request: z.strictObject({ name: z.string(), at: z.bigint() }),
    response: z.strictObject({ text: z.string(), mood: z.enum(['good', 'bad']) }),
    sample: { request: { name: 'Ada', at: 1n }, response: { text: 'hello', mood: 'good' } },
    downgradeRequest: ({ name }) => ({ name }),
    upgradeResponse: ({ text }) => ({ text, mood: 'good' as const }),
  })
  .withDefault(() => ({ text: 'default', mood: 'bad' as const }));
