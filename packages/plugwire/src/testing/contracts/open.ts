import { defineWireFunction, jsonValue } from '@plugwire/wire';
import { z } from 'zod';

/** A contract with a place for any JSON, and a rule that its description cannot show. */
export const contracts = [
  defineWireFunction({
    name: 'greet',
    fallback: 'silent_skip',
    request: z.strictObject({ name: z.string() }),
    response: z.strictObject({ text: jsonValue.refine((text) => text !== 'hello', 'it says hello') }),
    sample: { request: { name: 'Ada' }, response: { text: 'good day' } },
  }),
];
