import type { Descriptors } from './descriptors.ts';
import { RIGHT } from './descriptors.ts';
import { ERRNO, type Errno } from './errno.ts';
import { type GuestView, writeU32 } from './guest-view.ts';
import { LINE_BYTES } from './line-stream.ts';
import { isClock } from './process-functions.ts';
import type { WasiFunctions } from './wasi-signatures.ts';

/** What `poll_oneoff` needs. */
export interface PollParts {
  readonly descriptors: Descriptors;
  readonly view: () => GuestView | undefined;
  readonly charge: (bytes: number) => void;
}

/** The most subscriptions in one call. Programs use only a few, because there are three streams and four clocks. */
const MAX_SUBSCRIPTIONS = 1024;

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

/** The kinds of subscriptions and events. They, and the sizes above, are those of WASI preview 1. */
const KIND = { clock: 0, fdRead: 1, fdWrite: 2 } as const;

/** A bit of `eventrwflags`: the other side has closed, so no more data will arrive. */
const HANGUP = 1;

/** Creates `poll_oneoff`. It never waits: each subscription is ready at once, or its event contains an error. */
export const pollOneoff = (parts: PollParts): WasiFunctions<'poll_oneoff'> => ({
  poll_oneoff: (subscriptions, events, count, result) => {
    if (count === 0 || count > MAX_SUBSCRIPTIONS) return ERRNO.inval;
    const guest = parts.view();
    if (
      guest === undefined ||
      !guest.holds(subscriptions, count * SUBSCRIPTION_BYTES) ||
      !guest.holds(events, count * EVENT_BYTES) ||
      !guest.holds(result, 4)
    )
      return ERRNO.fault;
    parts.charge(count * (SUBSCRIPTION_BYTES + EVENT_BYTES));
    // Check all subscriptions before the first event, so that nothing is written if there is an error.
    const asked = guest.read(subscriptions, count * SUBSCRIPTION_BYTES);
    for (let at = 0; at < asked.length; at += SUBSCRIPTION_BYTES)
      if (asked.readUInt8(at + 8) > KIND.fdWrite) return ERRNO.inval;
    const answers = Buffer.alloc(count * EVENT_BYTES);
    for (let at = 0; at < count; at += 1) {
      const subscription = readSubscription(asked, at * SUBSCRIPTION_BYTES);
      putEvent(answers, at * EVENT_BYTES, subscription, readinessOf(parts.descriptors, subscription));
    }
    guest.write(events, answers);
    writeU32(guest, result, count);
    return ERRNO.success;
  },
});

interface Subscription {
  readonly userdata: bigint;
  readonly kind: number;
  /** The clock or the descriptor. */
  readonly subject: number;
}

interface Readiness {
  readonly error: Errno;
  readonly bytes: number;
  readonly flags: number;
}

// Timeouts, precision and flags of clocks are ignored, because a clock is always ready.
const readSubscription = (asked: Buffer, at: number): Subscription => ({
  userdata: asked.readBigUInt64LE(at),
  kind: asked.readUInt8(at + 8),
  subject: asked.readUInt32LE(at + 16),
});

const putEvent = (answers: Buffer, at: number, from: Subscription, readiness: Readiness): void => {
  answers.writeBigUInt64LE(from.userdata, at);
  answers.writeUInt16LE(readiness.error, at + 8);
  answers.writeUInt8(from.kind, at + 10);
  answers.writeUInt32LE(readiness.bytes, at + 16);
  answers.writeUInt16LE(readiness.flags, at + 24);
};

const failed = (error: Errno): Readiness => ({ error, bytes: 0, flags: 0 });

const READY: Readiness = failed(ERRNO.success);
const END_OF_INPUT: Readiness = { ...READY, flags: HANGUP };
const ROOM_TO_WRITE: Readiness = { ...READY, bytes: LINE_BYTES };

const readinessOf = (descriptors: Descriptors, { kind, subject }: Subscription): Readiness => {
  if (kind === KIND.clock) return isClock(subject) ? READY : failed(ERRNO.inval);
  const right = kind === KIND.fdRead ? RIGHT.fdRead : RIGHT.fdWrite;
  if (descriptors.withRight(subject, right) === undefined) return failed(ERRNO.badf);
  return kind === KIND.fdRead ? END_OF_INPUT : ROOM_TO_WRITE;
};
