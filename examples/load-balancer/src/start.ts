/**
 * `npm start`: the demo's balancer with its healthy chain, until SIGTERM or SIGINT. PORT and ADMIN_PORT say where, 8080 and
 * 9090 by default.
 */
import { once } from 'node:events';

import { createPluginHost } from '@plugwire/runtime';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { startAdmin } from './admin.ts';
import { startBalancer } from './balancer.ts';
import { BALANCER_FUNCTIONS } from './chain.ts';
import { startDemoUpstreams } from './demo/demo-upstreams.ts';
import { inEveryPlace, loadHealthyPlugin } from './demo/healthy-plugin.ts';

const addressOf = (variable: string, otherwise: number) => ({
  host: '127.0.0.1',
  port: Number(process.env[variable] ?? otherwise),
});

const logger = pino();
const registry = new Registry();
const host = createPluginHost({ functions: BALANCER_FUNCTIONS, logger, registry });
const upstreams = await startDemoUpstreams();
const balancer = await startBalancer({
  upstreams,
  plugins: inEveryPlace(await loadHealthyPlugin(host)),
  logger,
  registry,
  address: addressOf('PORT', 8080),
});
const admin = await startAdmin(balancer, registry, addressOf('ADMIN_PORT', 9090));

console.log(`
A balancer with an AssemblyScript plugin in every place. Try:

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
await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
