/**
 * `npm run soak:proxy [-- SECONDS]`: requests and streams all the time, while plugins come and go: modules are swapped, by healthy and failing
 * ones, and a gRPC plugin is killed and started again. Exits with 1 if a stream is stuck, a byte is wrong or a socket is left.
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
    // One of another name is refused, and the one before goes on.
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
// What was closed is gone with the next turns of the event loop.
for (let turns = 0; turns < 1_000 && openSockets() > socketsBefore; turns += 1) {
  await new Promise((resolve) => setImmediate(resolve));
}
const left = openSockets() - socketsBefore;
rss.push(rssMib());
const checks: readonly (readonly [what: string, holds: boolean])[] = [
  ['every answer and every stream was right', counts.wrong === 0],
  ['no stream is stuck', stuck === 0],
  ['no socket is left', left <= 0],
  ['plugins came and went', counts.swaps > SECONDS / 2 && counts.restarts > 0],
  [
    'memory does not grow',
    Math.max(...rss.slice(rss.length >> 1)) < 1.25 * Math.max(...rss.slice(1, rss.length >> 1)),
  ],
];
console.log(`
| figure | value |
| --- | --- |
| seconds | ${SECONDS} |
| requests, streams | ${counts.requests}, ${counts.streams} |
| modules swapped, gRPC plugins killed and started again | ${counts.swaps}, ${counts.restarts} |
| sockets left | ${left} |
| resident MiB | ${rss.join(', ')} |

${checks.map(([what, holds]) => `${holds ? 'yes' : 'NO '} ${what}`).join('\n')}`);
process.exitCode = checks.every(([, holds]) => holds) ? 0 : 1;
