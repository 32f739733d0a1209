/** What a process knows of the quota, and of its own part of it, when it asks for its next lease. All of it in bytes. */
export interface LeaseSituation {
  /** An equal part of what is free: see {@link fairShare}. */
  readonly share: number;
  /** What is leased now, without what the batch on its way has reserved. */
  readonly held: number;
  /** What of it the writes that wait have reserved: these were acknowledged, so it is never given back. */
  readonly reserved: number;
  /** How much more the last writes would have needed. */
  readonly wanted: number;
  /** Another process is short, and has asked for what we do not need. */
  readonly isYielding: boolean;
  /** We have given in to one since the last heartbeat, and leave it what it took. */
  readonly hasYielded: boolean;
  /** Processes have joined since we last asked. */
  readonly isRebalancing: boolean;
}

/**
 * A lease of more than this many shares is given back in part. Well above one, since shares change with every write of anybody:
 * nearer to it, each write would set leases moving in the whole fleet.
 */
const GIVE_BACK_ABOVE_SHARES = 1.5;

/**
 * A lease of less than this share is asked for again as soon as others give some back. Well below one, for the same reason:
 * what is lacking of a share comes with the next exchange in any case.
 */
const ASK_BELOW_SHARES = 0.5;

/** What each of so many processes can lease at once. A process that is alone takes the whole quota, used or not. */
export const fairShare = (quota: number, used: number, clients: number): number =>
  clients <= 1 ? quota : Math.max(0, Math.floor((quota - used) / clients));

/** Whether a lease is so far below the share that it is worth an exchange of its own. */
export const isLeaseTooSmall = (lease: number, share: number): boolean => lease < ASK_BELOW_SHARES * share;

/** The lease to ask for: what the writes that wait have reserved, and what those to come may need. */
export const leaseToAskFor = (situation: LeaseSituation): number => {
  const { share, held, reserved, wanted, isYielding, hasYielded, isRebalancing } = situation;
  if (isYielding) return reserved;
  if (wanted > 0) return reserved + Math.max(wanted, share);
  const keepsWhatItHas =
    hasYielded || (!isRebalancing && held >= share && held <= GIVE_BACK_ABOVE_SHARES * share);
  return Math.max(reserved, keepsWhatItHas ? held : share);
};
