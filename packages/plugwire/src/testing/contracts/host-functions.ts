import { defineHostFunction } from '@plugwire/runtime';
import { z } from 'zod';

export const hostFunctions = {
  lookUp: defineHostFunction({
    name: 'look_up',
    capability: 'geo',
    parameters: ['text'],
    result: z.strictObject({ country: z.string() }),
    run: () => ({ country: 'NO' }),
  }),
};
