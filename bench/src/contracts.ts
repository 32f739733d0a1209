import { defineWireFunction, type WireFunction } from '@plugwire/wire';
import { z } from 'zod';

import { echoShaped, shaped as shapedSchema, shapedOf } from './echo-contract.ts';
import { MAIN_CONTRACT } from './report/targets.ts';

/** A contract to measure, with the schemas that the other hosts need to do the same work. */
export interface BenchContract {
  readonly title: string;
  readonly wire: WireFunction;
  readonly request: z.ZodType<object>;
  readonly response: z.ZodType<object>;
  /** A request of about this many bytes of JSON; `undefined` if the smallest request is much larger. */
  messageOf(bytes: number): object | undefined;
}

/** A message, and the longest text that may be added to it, in whole groups of base64. */
const fill = <Value extends object>(bytes: number, make: (base64: string) => Value): Value | undefined => {
  const bare = JSON.stringify(make('')).length;
  if (bare > bytes * 1.5) return undefined;
  return make('QUJD'.repeat(Math.max(0, bytes - bare) / 4));
};

const text = z.strictObject({ text: z.string() });

/** One text as request and as response: the smallest contract. */
export const trivial: BenchContract = {
  title: 'one text',
  wire: defineWireFunction({
    name: 'echo_text',
    fallback: 'fail_request',
    request: text,
    response: text,
    sample: { request: { text: '' }, response: { text: '' } },
  }),
  request: text,
  response: text,
  messageOf: (bytes) => fill(bytes, (base64) => ({ text: base64 })),
};

/** The load balancer's `shaped` object as request and as response, so that a plugin can echo it. Hosts are compared with this contract. */
export const shaped: BenchContract = {
  title: MAIN_CONTRACT,
  wire: echoShaped,
  request: shapedSchema,
  response: shapedSchema,
  messageOf: shapedOf,
};
