import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { readMessage, type ScopeMessage } from './scope-message.ts';

const EPOCH = '0123456789abcdef';

/** A message as the script publishes it. */
const encode = (message: ScopeMessage): Buffer => {
  if (message.kind === 'leases') {
    const clients = Buffer.alloc(4);
    clients.writeUInt32BE(message.clients);
    const rest = Buffer.from(`${message.short ? 's' : 'o'}${message.client}`, 'latin1');
    return Buffer.concat([Buffer.from(`L${message.epoch}`, 'latin1'), clients, rest]);
  }
  const head = Buffer.alloc(16);
  head.writeDoubleBE(message.seq, 0);
  head.writeDoubleBE(message.used, 8);
  const values = message.values.flatMap(({ key, value, expiresAt }) => {
    const entry = Buffer.alloc(16);
    entry.writeDoubleBE(expiresAt, 0);
    entry.writeUInt32BE(Buffer.byteLength(key), 8);
    entry.writeUInt32BE(value.byteLength, 12);
    return [entry, Buffer.from(key), value];
  });
  return Buffer.concat([Buffer.from(`W${message.epoch}`, 'latin1'), head, ...values]);
};

const word = fc.stringMatching(/^[0-9a-f]{16}$/);
const leases = fc.record({
  kind: fc.constant('leases' as const),
  epoch: word,
  clients: fc.nat(),
  short: fc.boolean(),
  client: word,
});
const changes = fc.record({
  kind: fc.constant('changes' as const),
  epoch: word,
  seq: fc.nat(),
  used: fc.nat(),
  values: fc.array(
    fc.record({ key: fc.string({ unit: 'binary' }), value: fc.uint8Array(), expiresAt: fc.nat() }),
    { maxLength: 4 },
  ),
});

describe('a message of a scope', () => {
  it('is parsed as it was published; if it is cut, it is ignored or has fewer values', () => {
    fc.assert(
      fc.property(fc.oneof(leases, changes), (message) => {
        const whole = encode(message);
        expect(readMessage(whole)).toEqual(message);
        for (let length = 0; length < whole.length; length += 1) {
          const cut = whole.subarray(0, length);
          const read = readMessage(cut);
          if (read === undefined) continue;
          expect(read.kind).toBe('changes');
          expect(encode(read).equals(cut)).toBe(true);
        }
      }),
    );
  });

  it('is ignored if it is invalid, for any bytes', () => {
    fc.assert(
      fc.property(fc.constantFrom('', 'W', 'L', `W${EPOCH}`, `L${EPOCH}`), fc.uint8Array(), (start, rest) => {
        const raw = Buffer.concat([Buffer.from(start), rest]);
        const message = readMessage(raw);
        if (message === undefined) return;
        expect(message.kind).toBe(raw[0] === 'L'.charCodeAt(0) ? 'leases' : 'changes');
        expect(encode(message)).toHaveLength(raw.length);
      }),
    );
  });
});
