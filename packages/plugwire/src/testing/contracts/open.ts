import { defineWireFunction, jsonValue } from '@plugwire/wire';
import { z } from 'zod';

/** A contract that accepts any JSON in one key, and has a rule that its description cannot contain. */
export const contracts = [
  defineWireFunction({
    name: 'greet',
    fallback: 'silent_skip',
    request: z.strictObject({ name: z.string() }),
    response: z.strictObject({ text: jsonValue.refine((text) => text !== 'hello', 'it says hello') }),
    sample: { request: { name: 'Ada' }, response: { text: 'good day' } },
  }),
];
