/**
 * `npm run soak:balancer [-- SECONDS]`: runs a balancer under load while its plugins are replaced by healthy and broken ones. Exits with 1 if a
 * check fails: a request failed for a reason other than a fallback, a socket stays open, or memory grows.
 */
import { once } from 'node:events';

import { createOperator } from '@plugwire/operate';
import { createPluginHost } from '@plugwire/runtime';
import autocannon from 'autocannon';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { startBalancer } from './balancer.ts';
import { assignPlugins, hostWith, ROLES } from './balancer-plugins.ts';
import { startDemoUpstreams } from './demo/demo-upstreams.ts';
import { openHealthyPlugin } from './demo/healthy-plugin.ts';
import { showProgress } from './demo/progress.ts';
import { startReloading } from './soak/reload-plugins.ts';
import { readResponses } from './soak/read-responses.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const CONNECTIONS = 16;
const MEBIBYTE = 1024 * 1024;

const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;

/** Largest growth of resident memory from halfway to the end. This is noise: a leak of 13 KB for each request made a factor of 1.6. */
const MOST_GROWTH = 1.25;

const rssMib = (): string => {
  globalThis.gc?.();
  return (process.memoryUsage.rss() / MEBIBYTE).toFixed(0);
};

const socketsBefore = openSockets();
const logger = pino({ level: 'silent' });
const registry = new Registry();
// Deadlines are wall time. The load generator shares this thread, so calls need more time.
const host = createPluginHost({
  functions: loadBalancerFunctions,
  logger,
  registry,
  limits: { deadlineMs: 1000 },
});
const upstreams = await startDemoUpstreams();
const operator = createOperator({ host });
for (const role of ROLES) await openHealthyPlugin(operator, role);
const plugins = assignPlugins(operator, hostWith(Object.fromEntries(ROLES.map((role) => [role, role]))));
const balancer = await startBalancer({ upstreams, plugins: () => plugins, logger, registry });
const rss = [rssMib()];
const reloading = startReloading(operator, registry);

const run = autocannon(
  {
    url: `${balancer.origin}/v1/messages`,
    connections: CONNECTIONS,
    duration: SECONDS,
    method: 'POST',
    body: JSON.stringify({ prompt: 'hello' }),
  },
  // Without a callback, autocannon returns a promise, and no emitter of ticks.
  () => {},
);
let seconds = 0;
run.on('tick', () => {
  seconds += 1;
  if (seconds % Math.ceil(SECONDS / 10) !== 0) return;
  rss.push(rssMib());
  showProgress(
    `${seconds} of ${SECONDS} s, ${reloading.count()} reloads, ${rss.at(-1)} MiB`,
    !process.stderr.isTTY,
  );
});
const [result] = (await once(run, 'done')) as [autocannon.Result];
const reloads = await reloading.end();
await balancer.close();
await operator.close();
await host.close();
await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
// Closed sockets disappear within a few turns of the event loop.
for (let turns = 0; turns < 100 && openSockets() > socketsBefore; turns += 1) {
  await new Promise((resolve) => setImmediate(resolve));
}

const responses = await readResponses(registry);
const bad = [...responses].filter(
  ([key]) => !['200 none', '502 plugin_failed'].includes(key) && !key.startsWith('aborted'),
);
const refused = responses.get('502 plugin_failed') ?? 0;
/** At the end, the load generator closes its connections while requests are running. */
const aborted = [...responses].reduce(
  (sum, [key, count]) => sum + (key.startsWith('aborted') ? count : 0),
  0,
);
const checks: readonly (readonly [what: string, holds: boolean])[] = [
  ['every failed request is a 502 plugin_failed', bad.length === 0],
  ['every 502 is a fallback of fail_request', refused === reloads.failedRequests],
  ['the load generator saw no errors', result.errors === 0 && result.timeouts === 0],
  ['only requests at the end were aborted', aborted <= CONNECTIONS],
  ['plugins were replaced at least once per second', reloads.count >= SECONDS],
  ['every socket is closed', openSockets() <= socketsBefore],
  [
    'memory does not grow by more than a quarter',
    Number(rss.at(-1)) < MOST_GROWTH * Number(rss[rss.length >> 1]),
  ],
];

process.stderr.write('\n');
console.log(`
| figure | value |
| --- | --- |
| seconds, connections | ${SECONDS}, ${CONNECTIONS} |
| requests per second | ${result.requests.average.toFixed(0)} |
| responses | ${[...responses].map(([key, count]) => `${key} ×${count}`).join(', ')} |
| fallbacks of fail_request | ${reloads.failedRequests} |
| plugins replaced | ${reloads.count}, ${reloads.broken} of them broken |
| p50, p99 ms | ${result.latency.p50}, ${result.latency.p99} |
| sockets before and after | ${socketsBefore}, ${openSockets()} |
| resident MiB | ${rss.join(', ')} |

${checks.map(([what, holds]) => `${holds ? 'yes' : 'NO '} ${what}`).join('\n')}`);
process.exitCode = checks.every(([, holds]) => holds) ? 0 : 1;
