import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import { u64 } from '../json/exact-integer.ts';
import { buildOffer } from '../protocol/offer.ts';
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
    request: z.strictObject({ name: z.string(), at: u64 }),
    response: z.strictObject({ text: z.string(), mood: z.enum(['good', 'bad']) }),
    sample: { request: { name: 'Ada', at: 1n }, response: { text: 'hello', mood: 'good' } },
    downgradeRequest: ({ name }) => ({ name }),
    upgradeResponse: ({ text }) => ({ text, mood: 'good' as const }),
  })
  .withDefault(() => ({ text: 'default', mood: 'bad' as const }));

const exported = readDescription(writeDescription(describeContracts([greet])));

describe('contracts that are created from a description', () => {
  it('have all versions for a handshake', () => {
    const ladders = laddersFromDescription(exported);
    expect(ladders).toMatchObject([{ name: 'greet', fallback: 'use_default', versions: [2, 3] }]);
    expect(buildOffer(ladders, [])).toEqual(buildOffer([greet], []));
  });

  it('describe themselves as the original does', () => {
    expect(describeContracts(laddersFromDescription(exported))).toEqual(exported);
  });

  it('have one version for messages', () => {
    expect(contractsFromDescription(exported)).toMatchObject([{ versions: [3] }]);
    expect(contractsFromDescription(exported, () => 2)).toMatchObject([{ versions: [2] }]);
    expect(() => contractsFromDescription(exported, () => 4)).toThrow(
      expect.objectContaining({ code: 'bad_description' }),
    );
  });
});
