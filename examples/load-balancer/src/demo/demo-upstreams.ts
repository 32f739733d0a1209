import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

import { closeServer, listen } from '@plugwire/example-shared/listen';
import type { UpstreamOptions } from '../upstream.ts';

/** A server of the demo. It refuses requests that are not signed with the current key. */
export interface DemoUpstream extends UpstreamOptions {
  /** The number of requests that it received, including refused ones. */
  seen(): number;
  close(): Promise<void>;
}

/** Its response body for `/error…`, before a plugin normalises it. */
export const PLAIN_ERROR = 'upstream trouble\n';

/** A request header in which a plugin writes its version. The server returns it in the response. */
export const SHAPED_BY = 'x-shaped-by';

const CURRENT_KEY = { key_id: 'current', key_base64: Buffer.from('demo key of today').toString('base64') };
const FORMER_KEY = { key_id: 'former', key_base64: Buffer.from('demo key of before').toString('base64') };

const NAMES = ['blue', 'green'];
const DRAIN_MS = 1000;

/** Starts the upstreams of the demo. The signer is configured with an old key first, so the first request gets a 401. */
export const startDemoUpstreams = async (): Promise<readonly DemoUpstream[]> =>
  await Promise.all(
    NAMES.map(async (name, at) => {
      let seen = 0;
      const serve = async (incoming: IncomingMessage, reply: ServerResponse): Promise<void> => {
        seen += 1;
        const shapedBy = incoming.headers[SHAPED_BY];
        const whoAnswers = {
          'x-upstream': name,
          ...(shapedBy === undefined ? {} : { [SHAPED_BY]: shapedBy }),
        };
        if (!(await isSigned(incoming))) reply.writeHead(401).end('not signed with the current key\n');
        else if (incoming.url?.startsWith('/error') === true)
          reply.writeHead(500, whoAnswers).end(PLAIN_ERROR);
        else reply.writeHead(200, whoAnswers).end(`hello from ${name}\n`);
      };
      const server = createServer((incoming, reply) => void serve(incoming, reply));
      return {
        id: `00000000-0000-4000-8000-00000000000${at}`,
        name,
        origin: await listen(server),
        factoryState: { keys: [FORMER_KEY, CURRENT_KEY] },
        seen: () => seen,
        close: async () => await closeServer(server, DRAIN_MS),
      };
    }),
  );

/** Checks the signature: the plugin signs the method, the target and the body with HMAC-SHA256. A streamed body is signed as empty. */
const isSigned = async (incoming: IncomingMessage): Promise<boolean> => {
  const { method, url, headers } = incoming;
  const body = await buffer(incoming).catch(() => Buffer.alloc(0));
  const expected = createHmac('sha256', Buffer.from(CURRENT_KEY.key_base64, 'base64'))
    .update(`${method}\n${url}\n`)
    .update(body)
    .digest('base64');
  return headers['x-signature-key-id'] === CURRENT_KEY.key_id && headers['x-signature'] === expected;
};
