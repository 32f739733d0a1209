import { Buffer } from 'node:buffer';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeBase64, encodeBase64 } from './base64.ts';

describe('base64', () => {
  it('encodes and decodes like Node, at every length', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = encodeBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(decodeBase64(text)).toStrictEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('encodes and decodes a megabyte', () => {
    const bytes = Uint8Array.from({ length: 1_000_001 }, (_, at) => at % 251);
    expect(Buffer.from(decodeBase64(encodeBase64(bytes)) ?? []).equals(bytes)).toBe(true);
  });

  it.each([
    ['a length that is not a multiple of four', 'aGk'],
    ['a character of base64url', 'ab-_'],
    ['a blank', 'aG k'],
    ['a character beyond a byte', 'aGk\u0141'],
    ['padding in the middle', 'aG==aGk='],
    ['padding alone', '===='],
    ['three paddings', 'a==='],
    ['bits that are not used', 'aGl='],
    ['bits that are not used, in one byte', 'ab=='],
  ])('refuses %s', (_, text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('decodes only texts that it would also write', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', 'B', '0', '+', '/', '=', '-', ' ') }), (text) => {
        const bytes = decodeBase64(text);
        if (bytes !== undefined) expect(encodeBase64(bytes)).toBe(text);
      }),
    );
  });
});
