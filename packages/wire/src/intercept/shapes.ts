import { z } from 'zod';

import { base64Bytes } from '../json/base64-bytes.ts';

/** A key of an answer that a plugin may leave out, which means null. */
export const nullIfAbsent = <Value extends z.ZodType>(schema: Value) => schema.nullable().default(null);

/** A header as it stands in the message. The host refuses those that would split it. */
const header = z.strictObject({ name: z.string(), value: z.string() });

export const httpRequestMessage = z
  .strictObject({
    method: z.string(),
    path: z.string().describe('The path and the query. The Host header names the server.'),
    headers: z.array(header).describe('In their order; a name may come twice.'),
    body: base64Bytes,
  })
  .meta({ description: 'A request to a server.' });

export const httpResponseMessage = z
  .strictObject({
    status_code: z.uint32().describe('The host takes 200 to 599.'),
    headers: z.array(header).describe('In their order; a name may come twice.'),
    body: base64Bytes,
  })
  .meta({ description: 'A response to a client.' });

/** One side of a stream. */
export const peer = z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) });

export const side = z.enum(['client', 'server']);

export const direction = z.enum(['ingress', 'egress']);

/** What a plugin wants to find again at the next call for the same stream. */
export const streamState = base64Bytes;

/** The same in an answer: null, or no key, keeps what is there. */
export const nextStreamState = nullIfAbsent(base64Bytes);
