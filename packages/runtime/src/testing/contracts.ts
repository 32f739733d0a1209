import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

/** Defines a contract with an empty request and a text response. Its fallback is `silent_skip`. */
export const defineAsking = <const Name extends string>(name: Name) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ text: z.string() }),
    sample: { request: {}, response: { text: '' } },
  });

/** Defines a contract with a text request and a text response. Its fallback is `silent_skip`. */
export const defineTexting = <const Name extends string>(name: Name) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({ text: z.string() }),
    response: z.strictObject({ text: z.string() }),
    sample: { request: { text: '' }, response: { text: '' } },
  });

/** Contracts that the fixtures implement. */
export const greet = defineAsking('greet');
export const ask = defineAsking('ask');
export const act = defineTexting('act');
export const reflect = defineTexting('reflect');
