// Runs a balancer with one upstream, like `npm start`, and logs its origins.
// It uses the built example: node serve-until-signal.mjs UPSTREAM
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { openService } from '../../dist/service/open-service.js';
import { runUntilSignal } from '../../dist/service/run-until-signal.js';

const [upstream = ''] = process.argv.slice(2);
const logger = pino(pino.destination({ sync: true }));
/** Enough time for a request that the test ends, and a short wait for a request that it does not end. */
const drainMs = 3000;

await runUntilSignal(
  async () => {
    const service = await openService({
      config: process.env['PLUGWIRE_CONFIG'] ?? '',
      upstreams: [{ id: '00000000-0000-4000-8000-000000000001', name: 'one', origin: upstream }],
      logger,
      registry: new Registry(),
      limits: { drainMs },
      pluginLimits: { deadlineMs: 5000 },
    });
    logger.info({ origin: service.balancer.origin, admin: service.admin.origin }, 'serving');
    return service;
  },
  { logger, drainMs },
);
