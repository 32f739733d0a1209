import type { Logger } from 'pino';
import { Client } from 'undici';

import { openPlugin, type OpenOptions, type OpenPlugin, type Source } from '../measure/open-plugins.ts';
import { dial, textOf } from '../measure/peers.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import { startProxy } from '../proxy.ts';

/** A case of the demo: plugins, traffic through them, and the expected result. */
export interface DemoCase {
  readonly what: string;
  readonly plugins: readonly DemoPlugin[];
  readonly traffic: Traffic;
  /** What the client should receive, as described by the traffic function. */
  readonly expected: string;
  readonly limits?: Partial<ProxyLimits>;
}

export interface DemoPlugin extends OpenOptions {
  readonly source: Source;
}

/** Sends traffic through the proxy. Resolves to a short description of what the client received. */
export type Traffic = (proxy: DemoProxy) => Promise<string>;

interface DemoProxy {
  readonly origin: string;
  readonly port: number;
  readonly servers: DemoServers;
}

/** The real servers behind the proxy, as `host:port`. */
export interface DemoServers {
  readonly http: string;
  readonly echo: string;
}

/** The result of a case. */
export interface DemoResult {
  readonly what: string;
  readonly seen: string;
  readonly isExpected: boolean;
}

/** Runs a case with its own proxy and its own plugins. */
export const playCase = async (
  { what, plugins: wanted, traffic, expected, limits = {} }: DemoCase,
  servers: DemoServers,
  logger: Logger,
): Promise<DemoResult> => {
  const plugins: OpenPlugin[] = [];
  for (const [at, { source, ...options }] of wanted.entries())
    plugins.push(await openPlugin(`plugin-${at}`, source, { ...options, logger }));
  const proxy = await startProxy({
    plugins: () => plugins,
    targets: { allowed: [servers.http, servers.echo] },
    listeners: [{ upstream: servers.echo }],
    limits: { callMs: 500, heldMs: 200, drainMs: 0, ...limits },
    logger,
  });
  const seen = await traffic({ origin: proxy.origin, port: proxy.ports[0] as number, servers }).catch(
    (error: unknown) => `error ${String((error as { code?: unknown }).code)}`,
  );
  await proxy.close();
  await Promise.all(plugins.map(async (plugin) => await plugin.close()));
  return { what, seen, isExpected: seen === expected };
};

/** Sends a request through the proxy. Reports the status, the plugins that marked the response, and the code of a failure. */
export const sendRequest =
  (method: 'GET' | 'HEAD' | 'POST' = 'GET', path = '/'): Traffic =>
  async ({ origin, servers }) => {
    const body = method === 'POST' ? 'hello' : null;
    const client = new Client(origin);
    // A request to a proxy has a whole URL instead of a path.
    const answer = await client.request({ path: `http://${servers.http}${path}`, method, body });
    const text = await answer.body.text();
    const code = /"code":"(\w+)"/.exec(text)?.[1];
    await client.close();
    const by = answer.headers['x-seen-by'];
    return [String(answer.statusCode), by === undefined ? '' : `seen by ${String(by)}`, code ?? '']
      .filter((part) => part !== '')
      .join(', ');
  };

/** Sends a text through the TCP listener to the echo server, then ends its side. Reports what came back. */
export const sendText =
  (text: string): Traffic =>
  async ({ port }) => {
    const socket = await dial(port);
    socket.end(text);
    return (await textOf(socket)) || 'nothing';
  };

/** Sends a CONNECT request. Reports the status. */
export const sendConnect =
  (authority?: string): Traffic =>
  async ({ origin, servers }) => {
    const socket = await dial(Number(new URL(origin).port));
    const target = authority ?? servers.echo;
    socket.end(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
    return /^HTTP\/1.1 (\d+)/.exec(await textOf(socket))?.[1] ?? 'nothing';
  };
