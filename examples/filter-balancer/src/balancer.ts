import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';

import type { Plugin } from '@plugwire/runtime';
import type { RequestOf } from '@plugwire/wire';
import { filter as anyFilter } from '@plugwire/wire/load-balancer';
import { Agent } from 'undici';

/** The filter that plugins may serve here: without an answer of theirs, every upstream is kept. */
export const filter = anyFilter.withDefault(({ candidates }) => ({
  kept_upstream_ids: candidates.map((candidate) => candidate.upstream_id),
  reason: 'the plugin gave no answer: all are kept',
  per_candidate_reasons: [],
}));

/** A server to balance to; `id` is a uuid. */
export interface Upstream {
  readonly id: string;
  readonly name: string;
  readonly origin: string;
}

export interface Balancer {
  readonly origin: string;
  /** Asks another plugin from the next request on. */
  usePlugin(plugin: Plugin): void;
  close(): Promise<void>;
}

/** Starts a balancer on a free port: for each request a plugin says which upstreams to keep, and these take turns. */
export const startBalancer = async (upstreams: readonly Upstream[], first: Plugin): Promise<Balancer> => {
  const agent = new Agent();
  let plugin = first;
  let turn = 0;

  const serve = async (incoming: IncomingMessage, reply: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const outcome = plugin.dispatchSync(filter, describeRequest(incoming, body, upstreams));
    // The plugin's answer or the default's: it is all the same from here.
    const kept = upstreams.filter(({ id }) => outcome.response?.kept_upstream_ids.includes(id));
    const upstream = kept[turn++ % kept.length];
    if (upstream === undefined) {
      reply.writeHead(503).end('no upstream is left\n');
      return;
    }
    const answer = await agent.request({
      origin: upstream.origin,
      path: incoming.url ?? '/',
      method: incoming.method as 'GET',
      headers: endToEndHeaders(incoming),
      body: body.length === 0 ? null : body,
    });
    reply.writeHead(answer.statusCode, {
      'content-type': answer.headers['content-type'] ?? 'text/plain',
      'x-upstream': upstream.name,
    });
    await pipeline(answer.body, reply);
  };

  const server = createServer((incoming, reply) => {
    serve(incoming, reply).catch(() => {
      if (reply.headersSent) reply.destroy();
      else reply.writeHead(502).end('the upstream failed\n');
    });
  });
  return {
    origin: await listen(server),
    usePlugin: (next) => {
      plugin = next;
    },
    close: async () => {
      await closeServer(server);
      await agent.close();
    },
  };
};

/** What belongs to one connection, and so is not passed on. */
const HOP_BY_HOP = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const endToEndHeaders = (incoming: IncomingMessage): Record<string, string[] | undefined> =>
  Object.fromEntries(Object.entries(incoming.headersDistinct).filter(([name]) => !HOP_BY_HOP.has(name)));

const describeRequest = (
  incoming: IncomingMessage,
  body: Buffer,
  upstreams: readonly Upstream[],
): RequestOf<typeof filter> => {
  const { pathname, search } = new URL(incoming.url ?? '/', 'http://balancer');
  return {
    request_id: randomUUID(),
    headers: Object.entries(incoming.headersDistinct).flatMap(([name, values = []]) =>
      values.map((value) => ({ name, value_base64: Buffer.from(value, 'latin1').toString('base64') })),
    ),
    method: incoming.method ?? 'GET',
    path: pathname,
    query: search === '' ? null : search.slice(1),
    body_base64: body.toString('base64'),
    principal: { id: 'anonymous', kind: 'anonymous', claims: {} },
    candidates: upstreams.map(({ id, name }) => ({
      upstream_id: id,
      name,
      kind: 'http',
      observed_rate_limits: [],
      subscription_quotas: [],
      observed_at_unix_secs: Math.floor(Date.now() / 1000),
    })),
  };
};

/** Listens on a free port of this machine; gives the origin. */
export const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

/** Ends a server and every connection that is left. */
export const closeServer = async (server: Server): Promise<void> => {
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
};
