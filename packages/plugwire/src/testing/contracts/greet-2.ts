import { z } from 'zod';

import { greet as first } from './greet.ts';

/** The contract of the fixtures, with a second version. */
export const greet = first.next({
  request: z.strictObject({ name: z.string(), mood: z.enum(['good', 'bad']) }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada', mood: 'good' }, response: { text: 'hello, Ada' } },
  downgradeRequest: ({ name }) => ({ name }),
  upgradeResponse: ({ text }) => ({ text }),
});
