import { readFileSync } from 'node:fs';

import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction, jsonValue } from '@plugwire/wire';
import { z } from 'zod';

/** Returns whether this process may generate code from strings. */
const canGenerate = (): boolean => {
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- this is what is checked
    return new Function('return true')() === true;
  } catch {
    return false;
  }
};

const message = z.strictObject({
  'a "key"': z.string().optional(),
  url: z.string(),
  method: z.enum(['GET', 'POST']),
  headers: z.array(z.strictObject({ name: z.string(), value: z.string().nullable() })),
  counts: z.record(z.string(), z.int()),
  pair: z.tuple([z.string(), z.boolean()]).optional(),
  any: jsonValue,
});
const plainer = message.omit({ 'a "key"': true });
const sample = { url: '', method: 'GET', headers: [], counts: {}, any: null } as const;
const response = z.strictObject({});
const contracts = [
  ['escaped_key', message],
  ['plain_keys', plainer],
] as const;

const headers = [
  { name: 'accept', value: '*/*' },
  { name: 'none', value: null },
];
const REQUESTS = [
  sample,
  {
    url: 'https://u.example',
    method: 'POST',
    headers,
    counts: { a: 1, b: 2 },
    pair: ['x', true],
    any: { b: ['"'] },
  },
  { url: 'é"\n', method: 'POST', headers, counts: { 'q"': 1 }, any: '\\' },
  {
    // Together with the rest it fits into a guest's error text, of which 4,096 bytes are read.
    url: 'x'.repeat(3000),
    method: 'GET',
    headers: headers.concat(headers),
    counts: {},
    any: [1, 'two', null],
  },
] as const;

/** Loads the plugin from stdin. The plugin returns each request as its error text. */
const functions = contracts.map(([name, request]) =>
  defineWireFunction({
    name,
    fallback: 'fail_request',
    request,
    response,
    sample: { request: sample as never, response: {} },
  }),
);
const host = createPluginHost({ functions, revealGuestErrors: true });
const plugin = await host.load(readFileSync(0));
const outcomes = functions.flatMap((contract) =>
  REQUESTS.map((request) => plugin.dispatchSync(contract, request as never)),
);
await host.close();
process.stdout.write(JSON.stringify({ canGenerate: canGenerate(), outcomes }));
