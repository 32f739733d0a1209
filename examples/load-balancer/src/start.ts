/**
 * `npm start` runs a balancer in front of the demo's upstreams until SIGTERM or SIGINT. SIGHUP reloads its configuration.
 *
 * PLUGWIRE_CONFIG is the configuration file, by default `plugwire.toml` in this folder. PORT and ADMIN_PORT are the ports, by default 8080 and
 * 9090. With REDIS_URL, plugins store data on Redis. PLUGWIRE_REGISTRY is a folder for modules. RECORD_SHARE is the share of calls that is
 * recorded for replays, 0 by default.
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
// Entries of a principal expire after one minute without requests.
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
The balancer is running. Its plugins are in ${watch.current().file}: you can edit the file now. Try:

  curl -i ${balancer.origin}/v1/messages          # signed by the plugin, answered by one of two upstreams
  curl -i -d @package.json ${balancer.origin}/    # a request with a body
  curl -i ${balancer.origin}/error                # an error of an upstream, normalised by the plugin
  curl -i ${balancer.origin}//evil                # refused: no upstream sees this request
  curl -s ${admin.origin}/health
  curl -s ${admin.origin}/metrics
  curl -s -X POST ${admin.origin}/plugins/healthy/disable

To stop it, press Ctrl-C or send SIGTERM to process ${process.pid}. Running requests can finish. SIGHUP reloads the configuration.
`);
    return service;
  },
  { logger, drainMs },
);
await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
