import { type ContractsDescription, defineWireFunction, describeContracts } from '@plugwire/wire';
import { z } from 'zod';

/** The contract of a new plugin whose author gives none: something to call and to change. */
export const exampleContracts = (): ContractsDescription =>
  describeContracts([
    defineWireFunction({
      name: 'greet',
      description: 'Greets somebody by name.',
      fallback: 'silent_skip',
      request: z.strictObject({ name: z.string().describe('Whom to greet.') }),
      response: z.strictObject({ text: z.string().describe('The greeting.') }),
      sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
    }),
  ]);
