/**
 * `npm run proxy:throughput [-- MEBIBYTES]`: measures the throughput of a stream without plugins, with a WebAssembly plugin, and with a gRPC plugin
 * in a child process. Then it sends 1 GiB through two plugins. Exits with 1 if bytes differ, or if memory grows by a quarter.
 */
import { answeringPlugin } from '@plugwire/testing';
import { interceptFunctions, streamData } from '@plugwire/wire/intercept';
import { pino } from 'pino';

import type { InterceptPlugin } from './intercept-plugin.ts';
import { openPlugin, startFaultProcess } from './measure/open-plugins.ts';
import { dial, hashOf, sendBytes, startPeer } from './measure/peers.ts';
import { startProxy } from './proxy.ts';
import { readExamplePlugin } from './proxy-plugins.ts';

const MIB = 1024 * 1024;
const MEBIBYTES = Number(process.argv[2] ?? 256);
const logger = pino({ level: 'silent' });

interface Carried {
  readonly mibPerSecond: number;
  readonly isEqual: boolean;
  /** Resident memory in MiB, measured every 200 ms. */
  readonly rssMib: readonly number[];
}

const carry = async (plugins: readonly InterceptPlugin[], mebibytes: number): Promise<Carried> => {
  let received: ReturnType<typeof hashOf> | undefined;
  const peer = await startPeer((socket) => {
    received = hashOf(socket).finally(() => socket.end());
  });
  const proxy = await startProxy({
    plugins: () => plugins,
    listeners: [{ upstream: peer.authority, protocol: 'postgresql' }],
    logger,
    limits: { callMs: 2_000 },
  });
  const rssMib: number[] = [];
  const watching = setInterval(() => rssMib.push(process.memoryUsage.rss() / MIB), 200);
  const socket = await dial(proxy.ports[0] as number);
  socket.resume();
  const began = process.hrtime.bigint();
  const sent = await sendBytes(socket, mebibytes * MIB);
  const got = await received;
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  clearInterval(watching);
  await proxy.close();
  await peer.close();
  return {
    mibPerSecond: mebibytes / seconds,
    isEqual: got?.sha256 === sent && got.bytes === mebibytes * MIB,
    rssMib,
  };
};

const passing = await openPlugin(
  'passing',
  await answeringPlugin(
    streamData,
    { action: { kind: 'pass' }, state: null },
    {
      alongside: interceptFunctions.filter(({ name }) => name === 'stream_open'),
    },
  ),
);
const reading = await openPlugin('reading', readExamplePlugin('postgresql'));
const fault = await startFaultProcess();
const grpc = await openPlugin('grpc', fault);

const rows: readonly (readonly [string, readonly InterceptPlugin[]])[] = [
  ['no plugin', []],
  ['one WebAssembly plugin that passes each chunk', [passing]],
  ['one WebAssembly plugin that reads PostgreSQL', [reading]],
  ['one gRPC plugin, in a separate process', [grpc]],
];
console.log('| tunnel | MiB/s | equal |\n| --- | ---: | --- |');
let isRight = true;
for (const [name, plugins] of rows) {
  const { mibPerSecond, isEqual } = await carry(plugins, MEBIBYTES);
  isRight &&= isEqual;
  console.log(`| ${name} | ${mibPerSecond.toFixed(0)} | ${isEqual ? 'yes' : 'NO'} |`);
}
const { mibPerSecond, isEqual, rssMib } = await carry([passing, reading], 1024);
const half = Math.max(...rssMib.slice(0, rssMib.length >> 1));
const whole = Math.max(...rssMib);
const isFlat = whole < 1.25 * half;
console.log(`
1 GiB through two plugins: ${mibPerSecond.toFixed(0)} MiB/s, hashes ${isEqual ? 'equal' : 'NOT EQUAL'}, at most ${half.toFixed(0)} MiB
resident in the first half and ${whole.toFixed(0)} MiB overall (${isFlat ? 'flat' : 'NOT FLAT'}).`);
await Promise.all([passing, reading, grpc].map(async (plugin) => await plugin.close()));
await fault.kill();
process.exitCode = isRight && isEqual && isFlat ? 0 : 1;
