/** Decodes base64 that a contract has validated. */
export const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** Encodes bytes as base64, the wire format of a contract. protobufjs represents an absent bytes field as an empty list. */
export const toBase64 = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64');

/** The same bytes, without a copy. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes.length === 0 ? EMPTY : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const EMPTY = Buffer.alloc(0);
