import { z } from 'zod';

import { base64Bytes } from '../json/base64-bytes.ts';

/** A key of an answer. If a plugin leaves it out, it is null. */
export const nullIfAbsent = <Value extends z.ZodType>(schema: Value) => schema.nullable().default(null);

/** A header of a message. The host refuses headers that would split the message. */
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

/** The address of one side of a stream. */
export const peer = z.strictObject({ host: z.string(), port: z.int().min(0).max(65_535) });

export const side = z.enum(['client', 'server']);

export const direction = z.enum(['ingress', 'egress']);

/** Bytes that the host keeps for a plugin until its next call for the same stream. */
export const streamState = base64Bytes;

/** The new state in an answer. Null or a missing key keeps the current state. */
export const nextStreamState = nullIfAbsent(base64Bytes);
