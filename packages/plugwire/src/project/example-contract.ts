import { type ContractsDescription, defineWireFunction, describeContracts } from '@plugwire/wire';
import { z } from 'zod';

/** The contract of a new plugin if the author passes none. */
export const exampleContracts = (): ContractsDescription =>
  describeContracts([
    defineWireFunction({
      name: 'greet',
      description: 'Greets a person by name.',
      fallback: 'silent_skip',
      request: z.strictObject({ name: z.string().describe('The name of the person to greet.') }),
      response: z.strictObject({ text: z.string().describe('The greeting.') }),
      sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
    }),
  ]);
