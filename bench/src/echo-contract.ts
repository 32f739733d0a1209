import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const header = z.strictObject({ name: z.string(), value_base64: z.string() });

/** The load balancer's `shaped` object: the request of `sign` and the response of `shape`. */
export const shaped = z.strictObject({
  url: z.string(),
  method: z.string(),
  headers: z.array(header),
  body_base64: z.string(),
});

type Shaped = z.output<typeof shaped>;

const NAMES = ['content-type', 'accept', 'user-agent', 'x-request-id', 'authorization', 'x-version'];
const HEADERS = NAMES.map((name) => ({ name, value_base64: 'YXBwbGljYXRpb24vanNvbg==' }));

/** Returns a request of about `bytes` of JSON: six headers if they fit, and a body that fills the rest. */
export const shapedOf = (bytes: number): Shaped => {
  const message: Shaped = {
    url: bytes < 1024 ? 'https://u.example' : 'https://upstream.example/v1/messages?beta=true',
    method: 'POST',
    headers: bytes < 1024 ? [] : HEADERS,
    body_base64: '',
  };
  const rest = Math.max(0, bytes - JSON.stringify(message).length);
  return { ...message, body_base64: 'QUJD'.repeat(rest / 4) };
};

/** Request and response are both the `shaped` object, so that a plugin can echo it. */
export const echoShaped = defineWireFunction({
  name: 'echo_shaped',
  fallback: 'fail_request',
  request: shaped,
  response: shaped,
  sample: { request: shapedOf(0), response: shapedOf(0) },
});
