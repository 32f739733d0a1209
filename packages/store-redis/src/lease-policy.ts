/** What a process knows about the quota and its lease when it asks for its next lease. Sizes are in bytes. */
export interface LeaseSituation {
  /** An equal part of the free bytes: see {@link fairShare}. */
  readonly share: number;
  /** The current lease, without the bytes that the batch in flight has reserved. */
  readonly held: number;
  /** The bytes of the lease that waiting writes have reserved. These writes were acknowledged, so the bytes are never given back. */
  readonly reserved: number;
  /** How many more bytes the last writes would have needed. */
  readonly wanted: number;
  /** Whether another process needs more and has asked for spare bytes. */
  readonly isYielding: boolean;
  /** Whether this process has given bytes back since the last heartbeat. It then does not take them back. */
  readonly hasYielded: boolean;
  /** Whether processes have joined since the last request. */
  readonly isRebalancing: boolean;
}

/**
 * If the lease is larger than this many shares, part of it is given back. The factor is well above 1 because shares change with every write of
 * any process. With a factor closer to 1, each write would change the leases of the whole fleet.
 */
const GIVE_BACK_ABOVE_SHARES = 1.5;

/**
 * If the lease is smaller than this part of a share, the process asks again as soon as others give bytes back. The factor is well below 1 for
 * the same reason. The next exchange asks for a full share in any case.
 */
const ASK_BELOW_SHARES = 0.5;

/** Returns how many bytes each process can lease at the same time. A single process can lease the whole quota, used or not. */
export const fairShare = (quota: number, used: number, clients: number): number =>
  clients <= 1 ? quota : Math.max(0, Math.floor((quota - used) / clients));

/** Whether a lease is so far below the share that an additional exchange is worth it. */
export const isLeaseTooSmall = (lease: number, share: number): boolean => lease < ASK_BELOW_SHARES * share;

/** Returns the lease to ask for: the bytes that waiting writes have reserved, and bytes for later writes. */
export const leaseToAskFor = (situation: LeaseSituation): number => {
  const { share, held, reserved, wanted, isYielding, hasYielded, isRebalancing } = situation;
  if (isYielding) return reserved;
  if (wanted > 0) return reserved + Math.max(wanted, share);
  const keepsWhatItHas =
    hasYielded || (!isRebalancing && held >= share && held <= GIVE_BACK_ABOVE_SHARES * share);
  return Math.max(reserved, keepsWhatItHas ? held : share);
};
