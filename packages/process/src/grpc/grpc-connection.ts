import { isIPv4 } from 'node:net';

import {
  type CallOptions,
  type ChannelCredentials,
  Client,
  type ClientReadableStream,
  type ClientUnaryCall,
  Metadata,
  type ServiceError,
  status,
} from '@grpc/grpc-js';

import { clock } from '../base/clock.ts';
import { trackSockets } from './track-sockets.ts';

/** One call over gRPC, whose messages are bytes. */
interface GrpcCall {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly parts: readonly Uint8Array[];
  readonly timeLeftMs: number;
  readonly signal?: AbortSignal;
  /** The most bytes of the answer, all messages together. */
  readonly answerBytes: number;
}

/** What came back. */
export type GrpcAnswer =
  | { readonly ok: true; readonly parts: readonly Buffer[] }
  | { readonly ok: false; readonly status: status; readonly details: string };

/** A connection to a server over gRPC. */
export interface GrpcConnection {
  /** Never rejects. Resolves when the call has ended, or is cancelled by its signal. */
  call(call: GrpcCall): Promise<GrpcAnswer>;
  readonly client: Client;
  /** Ends it, and the calls that run. */
  close(): void;
}

/** How to reach a server. */
export interface GrpcTarget {
  readonly network: 'tcp' | 'unix';
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly answerBytes: number;
  /** What the server is told that it is called; `localhost` by default. */
  readonly authority?: string;
}

/** Connects when the first call comes. */
export const openGrpcConnection = ({
  network,
  address,
  credentials,
  answerBytes,
  authority = 'localhost',
}: GrpcTarget): GrpcConnection => {
  const tracked = trackSockets(credentials);
  const client = new Client(toTarget(network, address), tracked.credentials, {
    'grpc.max_receive_message_length': answerBytes,
    'grpc.max_send_message_length': -1,
    // The caller decides whether a call is worth another try.
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // A later process may listen on the same address, with another certificate.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.ssl_target_name_override': 'localhost',
    'grpc.default_authority': authority,
  });
  return {
    client,
    call: async (call) => await new Promise((resolve) => begin(client, call, resolve)),
    close: () => {
      client.close();
      tracked.destroy();
    },
  };
};

/** An address as grpc-js wants it. What listens on every address is reached on the local one. */
const toTarget = (network: 'tcp' | 'unix', address: string): string => {
  if (network === 'unix') return `unix:${address}`;
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  const port = address.slice(at + 1);
  if (host === '' || host === '0.0.0.0') return `ipv4:127.0.0.1:${port}`;
  if (host === '::') return `ipv6:[::1]:${port}`;
  if (host.includes(':')) return `ipv6:[${host}]:${port}`;
  return `${isIPv4(host) ? 'ipv4' : 'dns'}:${host}:${port}`;
};

/** grpc-js writes Buffers alone. */
const same = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const read = (bytes: Buffer): Buffer => bytes;

const begin = (client: Client, call: GrpcCall, resolve: (answer: GrpcAnswer) => void): void => {
  const { path, requestStream, responseStream, parts, timeLeftMs, signal, answerBytes } = call;
  const options: CallOptions = { deadline: clock.unixMs() + timeLeftMs };
  const metadata = new Metadata();
  const answered: Buffer[] = [];
  let bytes = 0;
  let isOver = false;

  const end = (answer: GrpcAnswer): void => {
    if (isOver) return;
    isOver = true;
    signal?.removeEventListener('abort', cancel);
    resolve(answer);
  };
  const refuse = ({ code, details }: Pick<ServiceError, 'code' | 'details'>): void =>
    end({ ok: false, status: code, details });
  const add = (part: Buffer): void => {
    bytes += part.length;
    if (bytes > answerBytes) {
      refuse({ code: status.RESOURCE_EXHAUSTED, details: TOO_LARGE });
      running.cancel();
    } else answered.push(part);
  };
  const finish = (error: ServiceError | null, part?: Buffer): void => {
    // Servers in Go may end a stream that they took without an answer; Go's clients take that for an empty one.
    if (error?.details === NO_MESSAGE && requestStream) return end({ ok: true, parts: [] });
    if (error !== null) return refuse(error);
    if (part !== undefined) add(part);
    end({ ok: true, parts: answered });
  };

  const running = open();
  const cancel = (): void => {
    running.cancel();
    refuse({ code: status.CANCELLED, details: 'cancelled' });
  };
  if (signal?.aborted === true) cancel();
  else signal?.addEventListener('abort', cancel);

  function open(): Pick<ClientUnaryCall, 'cancel'> {
    if (!requestStream && !responseStream)
      return client.makeUnaryRequest(path, same, read, parts[0] as Uint8Array, metadata, options, finish);
    if (!responseStream) {
      const stream = client.makeClientStreamRequest(path, same, read, metadata, options, finish);
      for (const part of parts) stream.write(part);
      stream.end();
      return stream;
    }
    if (!requestStream)
      return listen(
        client.makeServerStreamRequest(path, same, read, parts[0] as Uint8Array, metadata, options),
      );
    const stream = client.makeBidiStreamRequest(path, same, read, metadata, options);
    for (const part of parts) stream.write(part);
    stream.end();
    return listen(stream);
  }

  function listen<Stream extends Pick<ClientReadableStream<Buffer>, 'cancel' | 'on'>>(
    stream: Stream,
  ): Stream {
    stream.on('data', add);
    stream.on('error', refuse);
    stream.on('end', () => end({ ok: true, parts: answered }));
    return stream;
  }
};

/** How grpc-js words that a call ended in good order without an answer. */
export const NO_MESSAGE = 'No message received';
/** How grpc-js words that an answer is too large begins so, too. */
export const TOO_LARGE = 'Received message larger than max';
