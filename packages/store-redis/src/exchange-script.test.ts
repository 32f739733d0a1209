import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readMessage, WORD_LENGTH } from './exchange-script.ts';

const EPOCH = '0123456789abcdef';

describe('a message of a scope', () => {
  it('is ignored where it is none, whatever was published', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'W', 'L', `W${EPOCH}`, `L${EPOCH}`), fc.uint8Array(), (start, rest) => {
        const message = readMessage(Buffer.concat([Buffer.from(start), rest]));
        if (message === undefined) return;
        expect(message.epoch).toHaveLength(WORD_LENGTH);
      }),
    );
  });

  it('is ignored where it is cut short, at any byte', () => {
    const head = Buffer.alloc(16);
    head.writeDoubleBE(7, 0);
    head.writeDoubleBE(42, 8);
    const entry = Buffer.alloc(16);
    entry.writeUInt32BE(3, 8);
    entry.writeUInt32BE(5, 12);
    const whole = Buffer.concat([Buffer.from(`W${EPOCH}`), head, entry, Buffer.from('keyvalue')]);
    expect(readMessage(whole)).toEqual({
      kind: 'changes',
      epoch: EPOCH,
      seq: 7,
      used: 42,
      values: [{ key: 'key', value: new TextEncoder().encode('value'), expiresAt: 0 }],
    });
    const noEntry = 1 + WORD_LENGTH + 16;
    for (let length = 0; length < whole.length; length += 1) {
      if (length !== noEntry) expect(readMessage(whole.subarray(0, length))).toBeUndefined();
    }
  });
});
