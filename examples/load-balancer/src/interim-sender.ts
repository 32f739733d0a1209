import type { ServerResponse } from 'node:http';

import type { Header } from '@plugwire/example-shared/headers';
import type { SendOptions } from './upstream.ts';

/**
 * Passes interim answers on: 102, and the links of a 103. Node can send no others; 100 is between the balancer and either
 * side, and 101 is never asked for.
 */
export const createInterimSender =
  (reply: ServerResponse): SendOptions['onInterim'] =>
  (status, headers) => {
    // HTTP/1.0 has none.
    if (reply.headersSent || reply.destroyed || reply.req.httpVersion === '1.0') return;
    // To a client that does not read they would pile up. They are hints: it does without.
    if (reply.writableLength >= reply.writableHighWaterMark) return;
    if (status === 102) reply.writeProcessing();
    const links = linksOf(headers);
    if (status === 103 && links.length > 0) {
      try {
        reply.writeEarlyHints({ link: links });
      } catch {
        // Node is strict about links. A hint that does not fit is no reason to fail.
      }
    }
  };

const linksOf = (headers: readonly Header[]): string[] =>
  headers.filter(([name]) => name === 'link').map(([, value]) => value);
