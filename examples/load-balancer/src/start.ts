/**
 * `npm start`: a balancer before the demo's upstreams, until SIGTERM or SIGINT; SIGHUP reloads its configuration.
 *
 * PLUGWIRE_CONFIG names the configuration file, `plugwire.toml` of this folder by default. PORT and ADMIN_PORT say where it listens, 8080 and
 * 9090 by default. With REDIS_URL plugins store on Redis, and PLUGWIRE_REGISTRY names a folder in which modules are kept. RECORD_SHARE is the
 * share of calls that is recorded for replays, none by default.
 */
import { fileURLToPath } from 'node:url';

import { createMemoryStorage } from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { BALANCER_LIMITS } from './balancer-limits.ts';
import { startDemoUpstreams } from './demo/demo-upstreams.ts';
import { openService } from './service/open-service.ts';
import { recordedFunctions } from './service/recorded-functions.ts';
import { runUntilSignal } from './service/run-until-signal.ts';

const addressOf = (variable: string, otherwise: number) => ({
  host: '127.0.0.1',
  port: Number(process.env[variable] ?? otherwise),
});

const logger = pino();
const { PLUGWIRE_CONFIG, PLUGWIRE_REGISTRY, RECORD_SHARE, REDIS_URL } = process.env;
// A principal that was not seen for a minute takes no room any more.
const ttlMs = 60_000;
const { drainMs } = BALANCER_LIMITS;
const upstreams = await startDemoUpstreams();

await runUntilSignal(
  async () => {
    const service = await openService({
      config: PLUGWIRE_CONFIG || fileURLToPath(new URL('../plugwire.toml', import.meta.url)),
      upstreams,
      logger,
      registry: new Registry(),
      storage:
        REDIS_URL === undefined
          ? createMemoryStorage({ ttlMs })
          : createRedisStorage({ url: REDIS_URL, ttlMs, logger }),
      registryFolder: PLUGWIRE_REGISTRY,
      recordings: RECORD_SHARE === undefined ? [] : recordedFunctions(Number(RECORD_SHARE)),
      address: addressOf('PORT', 8080),
      adminAddress: addressOf('ADMIN_PORT', 9090),
    });
    const { watch, balancer, admin } = service;
    console.log(`
A balancer whose plugins are in ${watch.current().file}: edit it while it runs. Try:

  curl -i ${balancer.origin}/v1/messages          # signed by the plugin, answered by one of two upstreams
  curl -i -d @package.json ${balancer.origin}/    # with a body
  curl -i ${balancer.origin}/error                # an upstream's error, as the plugin normalises it
  curl -i ${balancer.origin}//evil                # what no upstream sees
  curl -s ${admin.origin}/health
  curl -s ${admin.origin}/metrics
  curl -s -X POST ${admin.origin}/plugins/healthy/disable

Ctrl-C, or SIGTERM to process ${process.pid}, ends it once its requests have ended. SIGHUP reloads the configuration.
`);
    return service;
  },
  { logger, drainMs },
);
await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
