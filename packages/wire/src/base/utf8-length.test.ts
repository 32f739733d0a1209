import fc from 'fast-check';
import { expect, it } from 'vitest';

import { utf8Length } from './utf8-length.ts';

it('utf8Length returns the number of encoded bytes for any text', () => {
  const encoder = new TextEncoder();
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8Length(text)).toBe(encoder.encode(text).length);
    }),
  );
});

it.each([
  ['', 0],
  ['\u007f\u0080', 3],
  ['\u07ff\u0800', 5],
  ['\uffff\u{10000}', 7],
  ['\ud800', 3],
])('%j has %i bytes', (text, bytes) => {
  expect(utf8Length(text)).toBe(bytes);
});
