import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { Logger } from 'pino';

import type { FailureCode } from '../failures.ts';
import type { InterceptPlugin } from '../intercept-plugin.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { Target, TargetRules } from '../target-rules.ts';
import { closeLinks, openLinks } from './stream-links.ts';
import { type RunningStream, runStream } from './run-stream.ts';
import type { CutReason } from './stream-stage.ts';

/** A stream that a client asked for. */
interface WantedStream {
  readonly client: Socket;
  readonly server: Target;
  readonly protocol: string;
  readonly head: Uint8Array;
  /** Called when the server is connected, before any data is carried. */
  readonly onConnected: () => void;
}

/** Opens, counts and closes streams. */
export interface StreamService {
  /**
   * Opens a stream and carries it to its end. Resolves to a code if the stream did not open; then the caller must close the client's socket. Never
   * rejects.
   */
  open(wanted: WantedStream): Promise<FailureCode | undefined>;
  /** Returns the number of running streams. */
  count(): number;
  /** Refuses new streams, waits up to `drainMs` for the others to end, then cuts those that are left. */
  close(drainMs: number): Promise<void>;
}

export interface StreamServiceOptions {
  readonly plugins: () => readonly InterceptPlugin[];
  readonly rules: TargetRules;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
}

/** Creates the service. The plugins are read when a stream opens. */
export const createStreamService = ({
  plugins,
  rules,
  limits,
  logger,
}: StreamServiceOptions): StreamService => {
  const opening = new Set<Promise<unknown>>();
  const running = new Set<RunningStream>();
  let isClosing = false;

  const openStream = async ({ client, server, protocol, head, onConnected }: WantedStream) => {
    const id = randomUUID();
    const clientAddress = { host: client.remoteAddress ?? '', port: client.remotePort ?? 0 };
    const opened = await openLinks(
      plugins(),
      { id, protocol, client: clientAddress, server },
      limits,
      logger,
    );
    if (!opened.ok) return opened.reason === 'plugin_failed' ? 'plugin_failed' : 'stream_refused';
    const connected = await connectTo(server, rules, limits.connectMs);
    if (typeof connected === 'string' || client.destroyed || isClosing) {
      if (typeof connected !== 'string') connected.destroy();
      await closeLinks(opened.links, { reason: 'not_connected', bytesFromClient: 0, bytesFromServer: 0 });
      return typeof connected === 'string' ? connected : 'server_failed';
    }
    onConnected();
    const stream = runStream({ id, client, server: connected, head, links: opened.links }, limits, logger);
    running.add(stream);
    await stream.ended;
    running.delete(stream);
    return undefined;
  };

  return {
    open: async (wanted) => {
      if (isClosing || opening.size >= limits.streams) return 'too_many_streams';
      // Until the stream runs, nothing else handles errors of this socket. Without a listener, they would end the process.
      wanted.client.on('error', () => {});
      const carried = openStream(wanted).catch((error: unknown): FailureCode => {
        logger.error({ target: 'proxy', code: (error as { code?: unknown }).code }, 'a stream failed');
        wanted.client.destroy();
        return 'internal';
      });
      opening.add(carried);
      const failure = await carried;
      opening.delete(carried);
      return failure;
    },
    count: () => running.size,
    close: async (drainMs) => {
      isClosing = true;
      const cutAll = (reason: CutReason): void => {
        for (const stream of running) stream.cut(reason);
      };
      const late = setTimeout(() => cutAll('closing'), drainMs);
      await Promise.all(opening);
      clearTimeout(late);
    },
  };
};

/** Connects to a server. Resolves to a code if it cannot. */
const connectTo = async (
  target: Target,
  rules: TargetRules,
  timeoutMs: number,
): Promise<Socket | FailureCode> => {
  const socket = connect({ ...target, allowHalfOpen: true, noDelay: true, lookup: rules.lookupFor(target) });
  const late = setTimeout(() => {
    socket.destroy(Object.assign(new Error('the connection timed out'), { code: 'ETIMEDOUT' }));
  }, timeoutMs);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    socket.destroy();
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EFORBIDDEN') return 'target_forbidden';
    return code === 'ETIMEDOUT' ? 'server_timeout' : 'server_unreachable';
  } finally {
    clearTimeout(late);
  }
};
