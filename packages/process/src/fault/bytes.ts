/** The bytes of base64 that a contract has checked. */
export const fromBase64 = (text: string): Buffer => Buffer.from(text, 'base64');

/** Bytes as a contract's wire has them. A field that is not there has an empty list in the place of bytes. */
export const toBase64 = (bytes: Uint8Array): string => asBuffer(bytes).toString('base64');

/** The same bytes, without a copy. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  bytes.length === 0 ? EMPTY : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const EMPTY = Buffer.alloc(0);
