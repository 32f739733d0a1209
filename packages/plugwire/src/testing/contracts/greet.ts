import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

/** The contract of the fixtures. */
export const greet = defineWireFunction({
  name: 'greet',
  description: 'Greets somebody.',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string().describe('Who is greeted.') }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});
