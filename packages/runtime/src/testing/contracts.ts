import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

/** A contract that asks nothing and is answered with a text; without an answer it is skipped. */
export const defineAsking = <const Name extends string>(name: Name) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({ text: z.string() }),
    sample: { request: {}, response: { text: '' } },
  });

/** A contract that takes a text and is answered with one; without an answer it is skipped. */
export const defineTexting = <const Name extends string>(name: Name) =>
  defineWireFunction({
    name,
    fallback: 'silent_skip',
    request: z.strictObject({ text: z.string() }),
    response: z.strictObject({ text: z.string() }),
    sample: { request: { text: '' }, response: { text: '' } },
  });

/** Which the fixtures implement. */
export const greet = defineAsking('greet');
export const ask = defineAsking('ask');
export const act = defineTexting('act');
export const reflect = defineTexting('reflect');
