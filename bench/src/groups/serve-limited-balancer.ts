/**
 * A process of rate-limit.ts: `node serve-limited-balancer.js UPSTREAM REDIS_URL PREFIX LIMIT SLOT SLOTS` serves until its parent
 * ends it. It tells where, and, whenever it is asked, what its filter decided in each second since.
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

/** What a filter did with the requests of a second of the clock that it read itself. */
export interface SecondOfRequests {
  readonly second: number;
  /** When it let each request through, in Unix milliseconds with fractions: processes of one machine can be compared. */
  readonly throughAtMs: number[];
  refused: number;
  /** The codes of dispatches that failed: the balancer's default keeps all then, uncounted. */
  readonly failures: string[];
}

const [upstream = '', url = '', prefix = '', limit = '', slot = '', slots = ''] = process.argv.slice(2);

const seconds = new Map<number, SecondOfRequests>();
let second = 0;

/**
 * The same plugin, its decisions counted: a call is synchronous, so the second that it read is the last that was read. One that
 * fails may have read none.
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
  // A deadline is wall time: on a busy machine a call that waits for the processor would fail, and let its request through.
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
