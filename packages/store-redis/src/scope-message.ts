import { copyOf, WORD_LENGTH, type ServerValue } from './exchange-script.ts';

/** A message that the server sends to all clients of a scope. */
export type ScopeMessage = ChangesMessage | LeasesMessage;

/** One change of the scope: all values that one exchange wrote. */
export interface ChangesMessage {
  readonly kind: 'changes';
  readonly epoch: string;
  readonly seq: number;
  readonly used: number;
  readonly values: readonly ServerValue[];
}

/** Leases have changed, or should change. */
export interface LeasesMessage {
  readonly kind: 'leases';
  readonly epoch: string;
  readonly clients: number;
  /** Whether the lease of `client` is too small. */
  readonly short: boolean;
  /** The client whose exchange sent this message. */
  readonly client: string;
}

const CHANGES = 'W'.charCodeAt(0);
const LEASES = 'L'.charCodeAt(0);
const SHORT = 's'.charCodeAt(0);
const BODY = 1 + WORD_LENGTH;

const isCount = (number: number): boolean => Number.isSafeInteger(number) && number >= 0;

/** Parses a message. Returns `undefined` if it is invalid, because any program can publish to the channel. */
export const readMessage = (raw: Buffer): ScopeMessage | undefined => {
  const epoch = raw.toString('latin1', 1, BODY);
  if (raw[0] === LEASES && raw.length === BODY + 5 + WORD_LENGTH) {
    return {
      kind: 'leases',
      epoch,
      clients: raw.readUInt32BE(BODY),
      short: raw[BODY + 4] === SHORT,
      client: raw.toString('latin1', BODY + 5),
    };
  }
  if (raw[0] !== CHANGES || raw.length < BODY + 16) return undefined;
  const values: ServerValue[] = [];
  let at = BODY + 16;
  while (at < raw.length) {
    if (at + 16 > raw.length) return undefined;
    const keyEnd = at + 16 + raw.readUInt32BE(at + 8);
    const end = keyEnd + raw.readUInt32BE(at + 12);
    if (end > raw.length) return undefined;
    values.push({
      key: raw.toString('utf8', at + 16, keyEnd),
      value: copyOf(raw.subarray(keyEnd, end)),
      expiresAt: raw.readDoubleBE(at),
    });
    at = end;
  }
  const [seq, used] = [raw.readDoubleBE(BODY), raw.readDoubleBE(BODY + 8)];
  return isCount(seq) && isCount(used) ? { kind: 'changes', epoch, seq, used, values } : undefined;
};
