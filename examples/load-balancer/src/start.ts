/**
 * `npm start`: the demo's balancer with its healthy chain, until SIGTERM or SIGINT. PORT and ADMIN_PORT say where, 8080 and
 * 9090 by default. REQUESTS_PER_SECOND limits them; with REDIS_URL the limit is one for all balancers that have it, each of which
 * is given its SLOT of so many SLOTS.
 */
import { once } from 'node:events';

import { createMemoryStorage, createPluginHost } from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { startAdmin } from './admin.ts';
import { startBalancer } from './balancer.ts';
import { startDemoUpstreams } from './demo/demo-upstreams.ts';
import { inEveryRole, loadHealthyPlugin } from './demo/healthy-plugin.ts';
import { loadLimiter } from './limiter.ts';

const addressOf = (variable: string, otherwise: number) => ({
  host: '127.0.0.1',
  port: Number(process.env[variable] ?? otherwise),
});

const logger = pino();
const registry = new Registry();
const { REDIS_URL, REQUESTS_PER_SECOND, SLOT, SLOTS } = process.env;
// A principal that was not seen for a minute takes no room any more.
const ttlMs = 60_000;
const storage =
  REDIS_URL === undefined
    ? createMemoryStorage({ ttlMs })
    : createRedisStorage({ url: REDIS_URL, ttlMs, logger });
const host = createPluginHost({ functions: loadBalancerFunctions, storage, logger, registry });
const upstreams = await startDemoUpstreams();
const healthy = inEveryRole(await loadHealthyPlugin(host));
const limit = {
  requestsPerSecond: Number(REQUESTS_PER_SECOND),
  slot: Number(SLOT ?? 0),
  slots: Number(SLOTS ?? 1),
};
const balancer = await startBalancer({
  upstreams,
  plugins:
    REQUESTS_PER_SECOND === undefined ? healthy : { ...healthy, filter: await loadLimiter(host, limit) },
  logger,
  registry,
  address: addressOf('PORT', 8080),
});
const admin = await startAdmin(balancer, registry, addressOf('ADMIN_PORT', 9090));

console.log(`
A balancer with an AssemblyScript plugin in every role. Try:

  curl -i ${balancer.origin}/v1/messages          # signed by the plugin, answered by one of two upstreams
  curl -i -d @package.json ${balancer.origin}/    # with a body
  curl -i ${balancer.origin}/error                # an upstream's error, as the plugin normalises it
  curl -i ${balancer.origin}//evil                # what no upstream sees
  curl -s ${admin.origin}/healthz
  curl -s ${admin.origin}/metrics

Ctrl-C, or SIGTERM to process ${process.pid}, ends it once its requests have ended.
`);

await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
// Health says that it is draining while it is; plugins are needed until the last observer was told.
await balancer.close();
await admin.close();
await host.close();
await storage.close();
await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
