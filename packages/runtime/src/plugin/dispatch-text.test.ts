import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineWireFunction, jsonValue, type JsonValue } from '@plugwire/wire';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createPluginHost } from '../host/plugin-host.ts';
import { PATIENT_LIMITS } from '../testing/patient-limits.ts';

const message = z.strictObject({
  text: z.string(),
  list: z.array(z.strictObject({ name: z.string() })),
  any: jsonValue,
  last: z.string().optional(),
});
const echo = defineWireFunction({
  name: 'echo_message',
  fallback: 'fail_request',
  request: message,
  response: message,
  sample: { request: { text: '', list: [], any: null }, response: { text: '', list: [], any: null } },
});

const host = createPluginHost({ functions: [echo], limits: { ...PATIENT_LIMITS, requestBytes: 4096 } });
const plugin = await host.load(await buildPlugin({ functions: { echo_message: behave.echo() } }));
afterAll(async () => await host.close());

const anyString = fc.oneof(
  fc.string(),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\u0000', '\u007f', 'é', '\ud83d\ude00', '\ud800', '\udc00', 'a'),
  }),
  fc
    .tuple(fc.nat({ max: 40 }), fc.constantFrom('"', '\\', '\u001f', ' ', 'é', '\ud800'))
    .map(([at, character]) => 'a'.repeat(at) + character + 'b'.repeat(40 - at)),
  fc.string({ minLength: 505, maxLength: 530 }),
);

describe('a text in a request', () => {
  it('arrives unchanged, whatever characters it has', () => {
    const request = fc.record({
      text: anyString,
      list: fc.array(fc.record({ name: anyString }), { maxLength: 3 }),
      any: fc
        .json()
        .filter((text) => !text.includes('__proto__'))
        .map((text): JsonValue => JSON.parse(text)),
    });
    fc.assert(
      fc.property(request, (value) => {
        fc.pre(Buffer.byteLength(JSON.stringify({ ...value, _v: 1 })) <= 4096);
        const outcome = plugin.dispatchSync(echo, value);
        expect(outcome).toStrictEqual({
          kind: 'ok',
          response: JSON.parse(JSON.stringify(value)),
          version: 1,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('may use every byte of the limit and not one more, with and without escapes', () => {
    const room = 4096 - JSON.stringify({ text: '', list: [], any: 0, _v: 1 }).length;
    for (const text of ['a'.repeat(room), '"'.repeat(room / 2), 'é'.repeat(room / 2)]) {
      const spare = room - JSON.stringify(text).length + 2 - (Buffer.byteLength(text) - text.length);
      const send = (more: number) =>
        plugin.dispatchSync(echo, { text: text + 'b'.repeat(spare + more), list: [], any: 0 });
      expect(send(0).kind).toBe('ok');
      expect(send(1)).toMatchObject({ error: { code: 'request_too_large' } });
      expect(send(1)).toHaveProperty('error.message', expect.stringContaining('4097 bytes'));
    }
  });
});
