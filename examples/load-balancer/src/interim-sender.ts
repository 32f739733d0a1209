import type { ServerResponse } from 'node:http';

import type { Header } from '@plugwire/example-shared/headers';
import type { SendOptions } from './upstream.ts';

/**
 * Forwards interim responses: 102, and the links of a 103. Node cannot send others. 100 is handled on each connection separately, and the
 * balancer never requests 101.
 */
export const createInterimSender =
  (reply: ServerResponse): SendOptions['onInterim'] =>
  (status, headers) => {
    // HTTP/1.0 has no interim responses.
    if (reply.headersSent || reply.destroyed || reply.req.httpVersion === '1.0') return;
    // They are dropped if the client does not read, because they would accumulate in memory.
    if (reply.writableLength >= reply.writableHighWaterMark) return;
    if (status === 102) reply.writeProcessing();
    const links = linksOf(headers);
    if (status === 103 && links.length > 0) {
      try {
        reply.writeEarlyHints({ link: links });
      } catch {
        // Node throws for invalid links. Such a hint is dropped, and the request goes on.
      }
    }
  };

const linksOf = (headers: readonly Header[]): string[] =>
  headers.filter(([name]) => name === 'link').map(([, value]) => value);
