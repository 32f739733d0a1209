import type { Operator, PluginHandle } from '@plugwire/operate';
import { readToolchainPlugin } from '@plugwire/pdk-fixtures';

/** The operator's name for the rate limiter. It is also the scope of its storage, so that a new version continues with the same counts. */
export const LIMITER = 'limiter';

export interface RateLimit {
  /** The limit for all clients of all balancers together, because this balancer does not authenticate clients. */
  readonly requestsPerSecond: number;
  /** The number of this balancer among those that share the storage, from 0. Two balancers with the same slot lose counts. */
  readonly slot?: number;
  /** The number of balancers that share the storage. 1 by default. */
  readonly slots?: number;
}

/**
 * Opens the filter that limits requests. It is written in AssemblyScript, and counts in the host's `storage` with the host's clock. Rejects
 * with `PluginLoadError` `guest_error` for invalid numbers. plugwire.limited.toml has the same settings in a configuration file.
 */
export const openLimiter = async (
  operator: Operator,
  { requestsPerSecond, slot = 0, slots = 1 }: RateLimit,
): Promise<PluginHandle> => {
  const handle = operator.open(LIMITER);
  await handle.swap(readToolchainPlugin('guard-assemblyscript'), {
    capabilities: ['storage', 'clock'],
    config: {
      // A balancer that authenticates clients can use `principal`, which limits each client separately.
      limit_by: 'everyone',
      requests_per_second: String(requestsPerSecond),
      slot: String(slot),
      slots: String(slots),
    },
  });
  return handle;
};
