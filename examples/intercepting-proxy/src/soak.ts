/**
 * `npm run soak:proxy [-- SECONDS]`: sends requests and streams while plugins change. Modules are swapped for healthy and failing ones, and a gRPC
 * plugin is killed and started again. Exits with 1 if a check fails: a byte is wrong, a stream does not end, a socket stays open, or memory grows.
 */
import { createServer } from 'node:http';

import { closeServer, listen } from '@plugwire/example-shared/listen';
import { answeringPlugin, failingPlugin } from '@plugwire/testing';
import { interceptFunctions, streamData } from '@plugwire/wire/intercept';
import { pino } from 'pino';
import { Agent } from 'undici';

import { type FaultProcess, openPlugin, startFaultProcess } from './measure/open-plugins.ts';
import { dial, startPeer, textOf } from './measure/peers.ts';
import { startProxy } from './proxy.ts';
import { readExamplePlugin } from './proxy-plugins.ts';

const SECONDS = Number(process.argv[2] ?? 60);
const STREAMS = 8;
const MIB = 1024 * 1024;
const openSockets = (): number =>
  process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP')).length;
const rssMib = (): number => {
  globalThis.gc?.();
  return Math.round(process.memoryUsage.rss() / MIB);
};

const socketsBefore = openSockets();
const http = createServer((incoming, reply) => {
  incoming.resume().once('end', () => reply.end('from the server'));
});
const origin = await listen(http);
const echo = await startPeer((socket) => socket.pipe(socket));
let fault: FaultProcess = await startFaultProcess();
const alongside = interceptFunctions.filter((contract) => contract !== streamData);
const modules = [
  readExamplePlugin('echo'),
  readExamplePlugin('postgresql'),
  await answeringPlugin(streamData, { action: { kind: 'pass' }, state: null }, { name: 'echo' }),
  await answeringPlugin(
    streamData,
    { action: { kind: 'hold', release_ms: 5 }, state: null },
    { name: 'echo' },
  ),
  (
    await failingPlugin(
      streamData,
      { stage: 'plugin_call', code: 'unreachable' },
      { alongside, name: 'echo' },
    )
  ).source as Uint8Array,
];
const plugins = [
  await openPlugin('echo', modules[0] as Uint8Array),
  await openPlugin('grpc', { address: fault.address }),
];
const proxy = await startProxy({
  plugins: () => plugins,
  targets: { allowed: [new URL(origin).host] },
  listeners: [{ upstream: echo.authority }],
  limits: { callMs: 1_000, drainMs: 5_000 },
  logger: pino({ level: 'silent' }),
});

const endMs = Date.now() + SECONDS * 1000;
const isOver = (): boolean => Date.now() >= endMs;
const counts = { requests: 0, streams: 0, swaps: 0, restarts: 0, wrong: 0 };
const rss = [rssMib()];
const sampling = setInterval(() => rss.push(rssMib()), (SECONDS * 1000) / 10);

const sendRequests = async (agent: Agent): Promise<void> => {
  while (!isOver()) {
    const answer = await agent.request({
      origin: proxy.origin,
      path: `${origin}/`,
      method: 'POST',
      body: 'x',
    });
    counts.wrong += (await answer.body.text()) === 'from the server' ? 0 : 1;
    counts.requests += 1;
  }
};

const sendStreams = async (): Promise<void> => {
  while (!isOver()) {
    const socket = await dial(proxy.ports[0] as number);
    const text = `${counts.streams} `.repeat(1 + (counts.streams % 5_000));
    for (let at = 0; at < text.length; at += 7_000) socket.write(text.slice(at, at + 7_000));
    socket.end();
    counts.wrong += (await textOf(socket)) === text ? 0 : 1;
    counts.streams += 1;
  }
};

const changePlugins = async (): Promise<void> => {
  while (!isOver()) {
    counts.swaps += 1;
    // A module with another name is refused, and the previous one stays.
    await plugins[0]?.handle.swap(modules[counts.swaps % modules.length] as Uint8Array).catch(() => {});
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
    if (counts.swaps % 20 !== 0) continue;
    await fault.kill();
    fault = await startFaultProcess(fault.port);
    counts.restarts += 1;
  }
};

const agent = new Agent();
await Promise.all([
  sendRequests(agent),
  ...Array.from({ length: STREAMS }, async () => await sendStreams()),
  changePlugins(),
]);
clearInterval(sampling);
const stuck = proxy.streams();
await agent.close();
await proxy.close();
await Promise.all(plugins.map(async (plugin) => await plugin.close()));
await fault.kill();
await closeServer(http, 0);
await echo.close();
// Closed sockets disappear within a few turns of the event loop.
for (let turns = 0; turns < 1_000 && openSockets() > socketsBefore; turns += 1) {
  await new Promise((resolve) => setImmediate(resolve));
}
const left = openSockets() - socketsBefore;
rss.push(rssMib());
const checks: readonly (readonly [what: string, holds: boolean])[] = [
  ['every response and every stream is correct', counts.wrong === 0],
  ['every stream has ended', stuck === 0],
  ['every socket is closed', left <= 0],
  ['plugins were swapped and restarted', counts.swaps > SECONDS / 2 && counts.restarts > 0],
  [
    'memory does not grow by more than a quarter',
    Math.max(...rss.slice(rss.length >> 1)) < 1.25 * Math.max(...rss.slice(1, rss.length >> 1)),
  ],
];
console.log(`
| figure | value |
| --- | --- |
| seconds | ${SECONDS} |
| requests, streams | ${counts.requests}, ${counts.streams} |
| modules swapped, gRPC plugins killed and restarted | ${counts.swaps}, ${counts.restarts} |
| sockets still open | ${left} |
| resident MiB | ${rss.join(', ')} |

${checks.map(([what, holds]) => `${holds ? 'yes' : 'NO '} ${what}`).join('\n')}`);
process.exitCode = checks.every(([, holds]) => holds) ? 0 : 1;
