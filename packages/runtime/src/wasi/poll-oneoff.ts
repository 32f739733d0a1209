import type { Descriptors } from './descriptors.ts';
import { RIGHT } from './descriptors.ts';
import { ERRNO, type Errno } from './errno.ts';
import type { GuestView } from './guest-view.ts';
import { LINE_BYTES } from './line-stream.ts';
import { isClock } from './process-functions.ts';
import type { WasiFunctions } from './wasi-signatures.ts';

/** What `poll_oneoff` works with. */
export interface PollParts {
  readonly descriptors: Descriptors;
  readonly view: () => GuestView | undefined;
  readonly charge: (bytes: number) => void;
}

/** The most subscriptions in one call; no program has more than a few for three streams and four clocks. */
const MAX_SUBSCRIPTIONS = 1024;

const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

/** The kinds of a subscription and of its event. */
const KIND = { clock: 0, fdRead: 1, fdWrite: 2 } as const;

/** `eventrwflags`: the other side is gone and nothing more will come. */
const HANGUP = 1;

/** `poll_oneoff`, which never waits: each subscription is ready at once, or tells its error in its event. */
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
    // All of them before the first event, so that an error leaves nothing behind.
    for (let at = 0; at < count; at += 1)
      if (guest.data.getUint8(subscriptions + at * SUBSCRIPTION_BYTES + 8) > KIND.fdWrite) return ERRNO.inval;
    // Where the two ranges overlap, events overwrite subscriptions still to be read: nonsense comes of it, and no harm.
    for (let at = 0; at < count; at += 1) {
      const subscription = readSubscription(guest, subscriptions + at * SUBSCRIPTION_BYTES);
      writeEvent(
        guest,
        events + at * EVENT_BYTES,
        subscription,
        readinessOf(parts.descriptors, subscription),
      );
    }
    guest.data.setUint32(result, count, true);
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

// Timeouts, precision and flags of a clock are not read: whatever they are, its time has come.
const readSubscription = (guest: GuestView, address: number): Subscription => ({
  userdata: guest.data.getBigUint64(address, true),
  kind: guest.data.getUint8(address + 8),
  subject: guest.data.getUint32(address + 16, true),
});

const writeEvent = (guest: GuestView, address: number, from: Subscription, readiness: Readiness): void => {
  guest.bytes.fill(0, address, address + EVENT_BYTES);
  guest.data.setBigUint64(address, from.userdata, true);
  guest.data.setUint16(address + 8, readiness.error, true);
  guest.data.setUint8(address + 10, from.kind);
  guest.data.setUint32(address + 16, readiness.bytes, true);
  guest.data.setUint16(address + 24, readiness.flags, true);
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
