import { once } from 'node:events';

import type { Logger } from 'pino';

import { openPlugin, startFaultProcess } from '../measure/open-plugins.ts';
import { dial } from '../measure/peers.ts';
import { startProxy } from '../proxy.ts';
import { type DemoResult, type DemoServers, sendRequest } from './demo-case.ts';

/** Kills a gRPC plugin during a stream and starts it again. The stream should continue, and the plugin should see later requests. */
export const playVanishing = async (servers: DemoServers, logger: Logger): Promise<DemoResult> => {
  const first = await startFaultProcess();
  const plugin = await openPlugin('vanishing', first, { logger });
  const proxy = await startProxy({
    plugins: () => [plugin],
    targets: { allowed: [servers.http] },
    listeners: [{ upstream: servers.echo }],
    limits: { callMs: 500, drainMs: 0 },
    logger,
  });
  const port = proxy.ports[0] as number;
  const socket = await dial(port);
  const said: string[] = [];
  for (const word of ['before', 'after']) {
    socket.write(word);
    const [got] = (await once(socket, 'data')) as [Buffer];
    said.push(got.toString());
    if (word === 'before') await first.kill();
  }
  socket.destroy();
  const again = await startFaultProcess(first.port);
  const ask = async (): Promise<string> => await sendRequest()({ origin: proxy.origin, port, servers });
  let seen = await ask();
  for (let tries = 0; tries < 500 && !seen.includes('fault'); tries += 1) seen = await ask();
  await proxy.close();
  await plugin.close();
  await again.kill();
  const text = `${said.join(', ')}; then ${seen}`;
  const isExpected = text === 'before, after; then 200, seen by fault';
  return { what: 'stream, a gRPC plugin that is killed and restarted', seen: text, isExpected };
};
