/**
 * `npm run bench:rate-limit [-- REDIS_URL]`: runs two balancers in separate processes that share one limit over one Redis, under load.
 * Prints how many requests both let through in each second. Without a URL, it starts the installed redis-server.
 *
 * @module
 */
import { randomUUID } from 'node:crypto';

import autocannon from 'autocannon';

import type { SecondOfRequests } from './groups/serve-limited-balancer.ts';
import { type StartedProcess, startProcess } from './start-process.ts';
import { startRedisServer } from '../../packages/store-redis/dist/testing/start-redis-server.js';

const LIMIT = 100;
const BALANCERS = 2;
const WARM_UP_SECONDS = 2;
const SECONDS = 5;
const CONNECTIONS = 8;
/** Requests per second on each balancer. The last is as many as the balancer can serve. */
const LOADS = [200, undefined] as const;

const measure = async (
  upstream: string,
  url: string,
  requestsPerSecond: number | undefined,
): Promise<void> => {
  const prefix = `bench-${randomUUID()}`;
  const balancers: StartedProcess<string>[] = [];
  try {
    for (let slot = 0; slot < BALANCERS; slot += 1) {
      const args = [upstream, url, prefix, LIMIT, slot, BALANCERS].map(String);
      const script = new URL('groups/serve-limited-balancer.js', import.meta.url);
      balancers.push(await startProcess<string>(script, args));
    }
    // Ignore the first reports, because the balancers are still being compiled.
    await load(balancers, WARM_UP_SECONDS, requestsPerSecond);
    print(requestsPerSecond, await load(balancers, SECONDS, requestsPerSecond));
  } finally {
    for (const balancer of balancers) await balancer.stop();
  }
};

/** Sends requests to all balancers, and asks them for their decisions. */
const load = async (
  balancers: readonly StartedProcess<string>[],
  seconds: number,
  requestsPerSecond: number | undefined,
): Promise<readonly (readonly SecondOfRequests[])[]> => {
  const rate = requestsPerSecond === undefined ? {} : { overallRate: requestsPerSecond };
  await Promise.all(
    balancers.map(
      async ({ message }) =>
        await autocannon({ url: message, connections: CONNECTIONS, duration: seconds, ...rate }),
    ),
  );
  return await Promise.all(
    balancers.map(async (balancer) => (await balancer.ask()) as readonly SecondOfRequests[]),
  );
};

const print = (
  requestsPerSecond: number | undefined,
  reports: readonly (readonly SecondOfRequests[])[],
): void => {
  const shown = requestsPerSecond === undefined ? 'as many as they serve' : `${requestsPerSecond} a second`;
  console.log(`\nA limit of ${LIMIT} a second over ${BALANCERS} balancers, on each ${shown}:\n`);
  console.log(`| second | through | of each | ms from the ${LIMIT}th to the last | refused | failed |`);
  console.log('| ---: | ---: | --- | ---: | ---: | --- |');
  const seconds = [...new Set(reports.flat().map(({ second }) => second))].toSorted((a, b) => a - b);
  for (const [at, second] of seconds.entries()) {
    const found = reports.map((report) => report.find((each) => each.second === second));
    const throughAtMs = found.flatMap((each) => each?.throughAtMs ?? []).toSorted((a, b) => a - b);
    const reachedAtMs = throughAtMs[LIMIT - 1];
    const cells = [
      at,
      throughAtMs.length,
      found.map((each) => each?.throughAtMs.length ?? 0).join(' + '),
      reachedAtMs === undefined ? '-' : ((throughAtMs.at(-1) ?? reachedAtMs) - reachedAtMs).toFixed(1),
      found.reduce((sum, each) => sum + (each?.refused ?? 0), 0),
      found.flatMap((each) => each?.failures ?? []).join(', ') || '-',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
};

const main = async (): Promise<void> => {
  const [given] = process.argv.slice(2);
  const server = given === undefined ? await startRedisServer() : undefined;
  let upstream: StartedProcess<string> | undefined;
  try {
    upstream = await startProcess<string>(new URL('groups/serve-upstream.js', import.meta.url));
    for (const requestsPerSecond of LOADS) {
      await measure(upstream.message, given ?? server?.url ?? '', requestsPerSecond);
    }
  } finally {
    await upstream?.stop();
    await server?.end();
  }
};

await main();
