import type { ExchangeRequest } from './exchange-script.ts';
import { fairShare, isLeaseTooSmall, leaseToAskFor } from './lease-policy.ts';
import type { LeasesMessage } from './scope-message.ts';
import type { ScopeReplica } from './scope-replica.ts';

/** What an exchange asks for. */
export interface LeaseRequest {
  /** The lease that is to be left after the batch has been taken, in bytes. */
  readonly target: number;
  /** What the others are to be told: that there is something to take, that more is needed, or nothing. */
  readonly signal: ExchangeRequest['signal'];
}

/** Keeps what is known of the quota and of everybody's leases, and says what to ask for. */
export interface LeaseNegotiator {
  /** To be called once for each exchange: what it gives counts as asked for. */
  nextRequest(): LeaseRequest;
  /** The server gave a lease, of which the batch has been taken. */
  onLease(lease: number): void;
  /** What the server said of the scope as a whole. */
  onTotals(totals: { readonly used: number; readonly clients?: number }): void;
  /** Leases have moved. Gives whether it is time to ask for another. */
  onLeasesMessage(message: LeasesMessage): boolean;
  onHeartbeat(): void;
  /** Whether the lease is as large as a process that has just joined can expect. */
  readonly hasFairLease: () => boolean;
  readonly quota: () => number;
  raiseQuota(quotaBytes: number): void;
}

/** The negotiator of the client named `id`; what it promises to writes is in the replica. */
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
      // Nobody had it to give: asked again only for a write that is tried again.
      if (hasAskedOthers) forgetWanted();
    },
    hasFairLease: () => !isLeaseTooSmall(replica.lease(), Math.min(share(), quota - used)),
    quota: () => quota,
    raiseQuota: (raised) => {
      quota = Math.max(quota, raised);
    },
  };
};
