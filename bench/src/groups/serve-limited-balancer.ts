/**
 * The child process of rate-limit.ts: `node serve-limited-balancer.js UPSTREAM REDIS_URL PREFIX LIMIT SLOT SLOTS` serves until its parent
 * ends it. It sends its parent the origin and, when asked, the decisions of its filter in each second since the last time.
 *
 * @module
 */
import { type ChainLink, createChain, createOperator, type HandleDispatchOptions } from '@plugwire/operate';
import { createPluginHost } from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';
import type { RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';
import { type filter, loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { assignPlugins, filterChain, hostWith, openLimiter, startBalancer } from '../load-balancer.ts';

/** The decisions of a filter in one second of the clock that the plugin read. */
export interface SecondOfRequests {
  readonly second: number;
  /** The time of each request that it let through, in Unix milliseconds with fractions. Processes on one machine are comparable. */
  readonly throughAtMs: number[];
  refused: number;
  /** The codes of failed dispatches. The balancer's default then keeps all candidates, and the request is not counted. */
  readonly failures: string[];
}

const [upstream = '', url = '', prefix = '', limit = '', slot = '', slots = ''] = process.argv.slice(2);

const seconds = new Map<number, SecondOfRequests>();
let second = 0;

/**
 * The same plugin, with its decisions counted. A call is synchronous, so its second is the last one that was read from the clock. A
 * failed call may have read none.
 */
const counted = (plugin: ChainLink): ChainLink => ({
  ...plugin,
  dispatchSync: <Contract extends WireFunction>(
    contract: Contract,
    request: RequestOf<Contract>,
    options?: HandleDispatchOptions,
  ) => {
    second = Math.floor(Date.now() / 1000);
    const outcome = plugin.dispatchSync(contract, request, options);
    const entry = seconds.get(second) ?? { second, throughAtMs: [], refused: 0, failures: [] };
    seconds.set(second, entry);
    if (outcome.kind !== 'ok') entry.failures.push(outcome.error.code);
    else if (
      (outcome.response as ResponseOf<typeof filter>).results.some(({ decision }) => decision === 'accept')
    )
      entry.throughAtMs.push(performance.timeOrigin + performance.now());
    else entry.refused += 1;
    return outcome;
  },
});

const main = async (): Promise<void> => {
  const logger = pino({ level: 'silent' });
  const registry = new Registry();
  const storage = createRedisStorage({ url, prefix, ttlMs: 60_000 });
  const sources = {
    nowUnixMs: () => {
      const unixMs = Date.now();
      second = Math.floor(unixMs / 1000);
      return unixMs;
    },
  };
  // A deadline is wall time. On a busy machine, a call that waits for the processor would fail and let its request through.
  const limits = { deadlineMs: 1000 };
  const host = createPluginHost({
    functions: loadBalancerFunctions,
    limits,
    storage,
    sources,
    logger,
    registry,
  });
  const operator = createOperator({ host });
  const limiter = await openLimiter(operator, {
    requestsPerSecond: Number(limit),
    slot: Number(slot),
    slots: Number(slots),
  });
  const plugins = {
    ...assignPlugins(operator, hostWith({})),
    filter: createChain(filterChain, [counted(limiter)]),
  };
  const balancer = await startBalancer({
    upstreams: [{ id: '00000000-0000-4000-8000-000000000001', name: 'one', origin: upstream }],
    plugins: () => plugins,
    logger,
    registry,
  });
  process.on('message', () => {
    process.send?.([...seconds.values()]);
    seconds.clear();
  });
  process.send?.(balancer.origin);
};

await main();
process.on('disconnect', () => process.exit());
