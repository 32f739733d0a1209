import { defineWireFunction, jsonValue } from '@plugwire/wire';
import { z } from 'zod';

/** A strict contract with a default, as in the README. */
export const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
}).withDefault(({ name }) => ({ text: `hello, ${name}` }));

const date = z.codec(z.string(), z.date(), {
  decode: (text) => {
    if (Number.isNaN(Date.parse(text))) throw new RangeError('no date');
    return new Date(text);
  },
  encode: (value) => value.toISOString(),
});

/** Three versions starting at 4, a codec, any JSON, optional keys, and an adapter that fails for some answers. */
export const schedule = defineWireFunction({
  name: 'schedule',
  fallback: 'fail_request',
  version: 4,
  request: z.strictObject({ at: z.string() }),
  response: z.strictObject({ at: z.string() }),
  sample: { request: { at: '1970-01-01' }, response: { at: '1970-01-01' } },
})
  .next({
    request: z.strictObject({ at: z.string(), notes: jsonValue }),
    response: z.strictObject({ at: z.string(), notes: jsonValue }),
    sample: { request: { at: '1970-01-01', notes: [] }, response: { at: '1970-01-01', notes: {} } },
    downgradeRequest: ({ at }) => ({ at }),
    upgradeResponse: ({ at }) => ({ at, notes: JSON.parse(`"${at}"`) as string }),
  })
  .next({
    request: z.strictObject({ at: date, notes: jsonValue, extra: z.unknown().optional() }),
    response: z.strictObject({ at: date, notes: jsonValue }),
    sample: {
      request: { at: new Date(0), notes: [] },
      response: { at: new Date(0), notes: {} },
    },
    downgradeRequest: ({ at, notes }) => ({ at: at.toISOString(), notes }),
    upgradeResponse: ({ at, notes }) => ({ at: new Date(at), notes }),
  });
