import type { Operator, PluginHandle } from '@plugwire/operate';
import { readToolchainPlugin } from '@plugwire/pdk-fixtures';

/** The operator's name for the filter that limits: the scope of its store, so that its successor goes on from its counts. */
export const LIMITER = 'limiter';

export interface RateLimit {
  /** For all clients of all balancers together: nobody is asked who they are here. */
  readonly requestsPerSecond: number;
  /** Which of the balancers that share the storage this one is, from 0. Two with one slot lose counts. */
  readonly slot?: number;
  /** How many there are; by default one. */
  readonly slots?: number;
}

/**
 * Opens the filter that limits requests: in AssemblyScript, it counts in the host's `storage` by the host's clock. Rejects with
 * `PluginLoadError` `guest_error` for numbers that are none. plugwire.limited.toml says the same in a configuration file.
 */
export const openLimiter = async (
  operator: Operator,
  { requestsPerSecond, slot = 0, slots = 1 }: RateLimit,
): Promise<PluginHandle> => {
  const handle = operator.open(LIMITER);
  await handle.swap(readToolchainPlugin('guard-assemblyscript'), {
    capabilities: ['storage', 'clock'],
    config: {
      // By `principal` in a balancer that knows who asks: each has the limit then.
      limit_by: 'everyone',
      requests_per_second: String(requestsPerSecond),
      slot: String(slot),
      slots: String(slots),
    },
  });
  return handle;
};
