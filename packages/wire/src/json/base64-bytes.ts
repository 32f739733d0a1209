import { z } from 'zod';

import { decodeBase64, encodeBase64 } from './base64.ts';

/** The wire side of {@link base64Bytes}. It is recognised by identity: no other schema is this object. */
const base64Text = z.string();

/**
 * The schema of bytes inside a contract: base64 with padding on the wire, a `Uint8Array` for the host. Transports with a type for bytes,
 * such as gRPC, send the bytes themselves. The text is decoded in one pass; `z.base64()` would match a pattern first.
 *
 * @example z.strictObject({ chunk: base64Bytes })
 */
export const base64Bytes = z.codec(
  base64Text,
  z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  {
    decode: (text, { issues }) => {
      const bytes = decodeBase64(text);
      if (bytes !== undefined) return bytes;
      issues.push({ code: 'invalid_format', format: 'base64', input: text });
      return z.NEVER;
    },
    encode: (bytes) => encodeBase64(bytes),
  },
);

/** Whether a schema is the wire side of {@link base64Bytes}. */
export const isBase64Text = (schema: unknown): boolean => schema === base64Text;
