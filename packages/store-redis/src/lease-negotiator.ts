import type { ExchangeRequest } from './exchange-script.ts';
import { fairShare, isLeaseTooSmall, leaseToAskFor } from './lease-policy.ts';
import type { LeasesMessage } from './scope-message.ts';
import type { ScopeReplica } from './scope-replica.ts';

/** The lease to ask for in an exchange. */
export interface LeaseRequest {
  /** The lease to have after the batch was applied, in bytes. */
  readonly target: number;
  /** What to tell other clients: that bytes are given back, that more are needed, or nothing. */
  readonly signal: ExchangeRequest['signal'];
}

/** Tracks the quota and the leases of all clients, and decides which lease to ask for. */
export interface LeaseNegotiator {
  /** Returns the next request. Call it once for each exchange, because the result counts as sent. */
  nextRequest(): LeaseRequest;
  /** Call this with the lease that the server gave, after the batch was applied. */
  onLease(lease: number): void;
  /** Call this with the totals of the scope from the server. */
  onTotals(totals: { readonly used: number; readonly clients?: number }): void;
  /** Call this when leases have changed. Returns whether to ask for another lease now. */
  onLeasesMessage(message: LeasesMessage): boolean;
  onHeartbeat(): void;
  /** Returns whether the lease is as large as a process can expect right after it joins. */
  readonly hasFairLease: () => boolean;
  readonly quota: () => number;
  raiseQuota(quotaBytes: number): void;
}

/** Creates the negotiator of the client named `id`. The bytes that its writes have reserved are in the replica. */
export const createLeaseNegotiator = (
  id: string,
  replica: ScopeReplica,
  quotaBytes: number,
): LeaseNegotiator => {
  let quota = quotaBytes;
  let used = 0;
  let clients = 1;
  let isYielding = false;
  let hasYielded = false;
  let isRebalancing = false;
  let hasAskedOthers = false;

  const share = (): number => fairShare(quota, used, clients);

  const forgetWanted = (): void => {
    replica.forgetWanted();
    hasAskedOthers = false;
  };

  return {
    nextRequest: () => {
      const held = replica.lease() - replica.batchReserved();
      const wanted = replica.wanted();
      const reserved = replica.reserved();
      const target = leaseToAskFor({
        share: share(),
        held,
        reserved,
        wanted,
        isYielding,
        hasYielded,
        isRebalancing,
      });
      const isShort = wanted > 0 && !hasAskedOthers;
      hasAskedOthers ||= isShort;
      hasYielded ||= isYielding;
      isYielding = false;
      isRebalancing = false;
      if (target < held) return { target, signal: 'yield' };
      return { target, signal: isShort ? 'short' : '' };
    },
    onLease: (lease) => {
      if (replica.wanted() > 0 && lease - replica.reserved() >= replica.wanted()) forgetWanted();
    },
    onTotals: (totals) => {
      ({ used, clients = clients } = totals);
    },
    onLeasesMessage: (message) => {
      isRebalancing ||= message.clients > clients;
      ({ clients } = message);
      if (message.client === id) return false;
      isYielding ||= message.short;
      const isTooSmall = !hasYielded && isLeaseTooSmall(replica.lease(), share());
      return message.short || isRebalancing || isTooSmall || replica.wanted() > 0;
    },
    onHeartbeat: () => {
      hasYielded = false;
      // No client could give back enough. Ask again only if a write is tried again.
      if (hasAskedOthers) forgetWanted();
    },
    hasFairLease: () => !isLeaseTooSmall(replica.lease(), Math.min(share(), quota - used)),
    quota: () => quota,
    raiseQuota: (raised) => {
      quota = Math.max(quota, raised);
    },
  };
};
