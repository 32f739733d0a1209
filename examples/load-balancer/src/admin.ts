import { createServer, type ServerResponse } from 'node:http';

import type { Plugin } from '@plugwire/runtime';
import type { Registry } from 'prom-client';

import type { Balancer } from './balancer.ts';
import { type Role, ROLES } from './chain.ts';
import { closeServer, listen, type ListenAddress } from './listen.ts';

export interface Admin {
  readonly origin: string;
  close(): Promise<void>;
}

const DRAIN_MS = 1000;
/** Without these two no request is served; without the others requests are served otherwise. */
const INDISPENSABLE: ReadonlySet<Role> = new Set(['shape', 'signer']);

/**
 * Serves `GET /metrics` and `GET /healthz`, on a server of its own: every path of the balancer's belongs to the upstreams,
 * clients must not reach what is for operators, and a balancer that is drowning in requests can still say so.
 */
export const startAdmin = async (
  balancer: Balancer,
  registry: Registry,
  address?: ListenAddress,
): Promise<Admin> => {
  const server = createServer((incoming, reply) => {
    if (incoming.method !== 'GET') reply.writeHead(405, { allow: 'GET' }).end();
    else if (incoming.url === '/metrics') void serveMetrics(registry, reply);
    else if (incoming.url === '/healthz') serveHealth(balancer, reply);
    else reply.writeHead(404).end();
  });
  const origin = await listen(server, address);
  return { origin, close: async () => await closeServer(server, DRAIN_MS) };
};

const serveMetrics = async (registry: Registry, reply: ServerResponse): Promise<void> => {
  try {
    const text = await registry.metrics();
    reply.writeHead(200, { 'content-type': registry.contentType }).end(text);
  } catch {
    reply.writeHead(500).end();
  }
};

const serveHealth = (balancer: Balancer, reply: ServerResponse): void => {
  const serving = balancer.plugins();
  const plugins = ROLES.flatMap((role) => {
    const plugin = serving[role];
    return plugin === undefined ? [] : [{ role, ...describe(plugin) }];
  });
  const isFailing = plugins.some(({ role, works }) => INDISPENSABLE.has(role) && !works);
  const status = balancer.isDraining() ? 'draining' : isFailing ? 'failing' : 'ok';
  const body = JSON.stringify({ status, plugins });
  reply.writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json' }).end(`${body}\n`);
};

const describe = (plugin: Plugin) => {
  const { status, breaker, usage } = plugin.health();
  // An instance that was dropped has a successor in a moment; a breaker that is open means that it goes on failing.
  return { name: plugin.name, works: status !== 'closed' && breaker !== 'open', status, breaker, ...usage };
};
