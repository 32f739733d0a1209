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

/** One gRPC call. Its messages are encoded bytes. */
interface GrpcCall {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  readonly parts: readonly Uint8Array[];
  readonly timeLeftMs: number;
  readonly signal?: AbortSignal;
  /** The most bytes of the response, summed over all its messages. */
  readonly answerBytes: number;
}

/** The result of a call. */
export type GrpcAnswer =
  | { readonly ok: true; readonly parts: readonly Buffer[] }
  | { readonly ok: false; readonly status: status; readonly details: string };

/** A connection to a gRPC server. */
export interface GrpcConnection {
  /** Calls a method. Resolves when the call has ended or its signal aborts. Never rejects. */
  call(call: GrpcCall): Promise<GrpcAnswer>;
  readonly client: Client;
  /** Closes the connection, and ends the running calls. */
  close(): void;
}

/** The address and the TLS settings of a server. */
export interface GrpcTarget {
  readonly network: 'tcp' | 'unix';
  readonly address: string;
  readonly credentials: ChannelCredentials;
  readonly answerBytes: number;
  /** The authority that is sent to the server. `localhost` by default. */
  readonly authority?: string;
}

/** Opens a connection. It connects when the first call is made. */
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
    // Retries are off: the caller decides whether to retry a call.
    'grpc.enable_retries': 0,
    'grpc.initial_reconnect_backoff_ms': 50,
    'grpc.max_reconnect_backoff_ms': 1_000,
    // The connection is not shared, because a later process may use the same address with another certificate.
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

/** Converts an address to a target of grpc-js. A wildcard address becomes the loopback address. */
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

/** Converts bytes to a Buffer, which grpc-js requires. */
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
    // Go servers may end a client stream without a response. Go clients treat this as an empty response.
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

/** The text of grpc-js for a call that ended with OK but without a response. */
export const NO_MESSAGE = 'No message received';
/** The start of the text of grpc-js for a response that is too large. */
export const TOO_LARGE = 'Received message larger than max';
