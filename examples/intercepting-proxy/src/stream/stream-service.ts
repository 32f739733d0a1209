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

/** A stream that a client wants. */
interface WantedStream {
  readonly client: Socket;
  readonly server: Target;
  readonly protocol: string;
  readonly head: Uint8Array;
  /** Called once the server is there, before anything is carried. */
  readonly onConnected: () => void;
}

/** Everything that streams share. */
export interface StreamService {
  /** Opens a stream and carries it to its end. Gives why it did not open; the client's socket is the caller's then. Never rejects. */
  open(wanted: WantedStream): Promise<FailureCode | undefined>;
  /** How many streams there are. */
  count(): number;
  /** Lets streams end within `drainMs`, and cuts those that do not. */
  close(drainMs: number): Promise<void>;
}

export interface StreamServiceOptions {
  readonly plugins: () => readonly InterceptPlugin[];
  readonly rules: TargetRules;
  readonly limits: ProxyLimits;
  readonly logger: Logger;
}

/** Creates what carries streams. */
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
      // Until there is a stream, nobody else listens.
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

/** Connects to a server, or says why not. */
const connectTo = async (
  target: Target,
  rules: TargetRules,
  timeoutMs: number,
): Promise<Socket | FailureCode> => {
  const socket = connect({ ...target, allowHalfOpen: true, noDelay: true, lookup: rules.lookupFor(target) });
  const late = setTimeout(() => {
    socket.destroy(Object.assign(new Error('too late'), { code: 'ETIMEDOUT' }));
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
