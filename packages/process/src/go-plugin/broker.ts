import { join } from 'node:path';

import { type ClientDuplexStream, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';

import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import type { GrpcService } from '../grpc/grpc-service.ts';
import { serveMethods } from '../grpc/serve-methods.ts';
import { type Certificate, certificateToPem } from './create-certificate.ts';
import { BROKER } from './services.ts';

/** Lets a plugin call services of the host. */
export interface Broker {
  /** Serves a service, and gives a number under which the plugin can dial it once. Rejects if it cannot be served. */
  serve(service: GrpcService): Promise<number>;
  close(): void;
}

interface BrokerOptions {
  /** Where sockets are made. */
  readonly folder: string;
  readonly certificate: Certificate | undefined;
  /** The certificate of the plugin, as DER. */
  readonly peer: Buffer | undefined;
  /** The most bytes of a request of the plugin. */
  readonly answerBytes: number;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Creates the host's side of a broker. It begins when a service is first served. */
export const createBroker = (
  { client }: GrpcConnection,
  { folder, certificate, peer, answerBytes }: BrokerOptions,
): Broker => {
  /** Where each service listens. It does so as long as the plugin runs, which may keep what it was given. */
  const addresses = new Map<GrpcService, Promise<string>>();
  const servers: Server[] = [];
  let stream: ClientDuplexStream<Buffer, Buffer> | undefined;
  let lastId = 0;

  const open = (): ClientDuplexStream<Buffer, Buffer> => {
    if (stream !== undefined && !stream.destroyed) return stream;
    const opened = client.makeBidiStreamRequest(BROKER.path, same, same, new Metadata());
    opened.on('error', () => undefined);
    // The plugin's own offers to be dialled are read and left alone.
    opened.on('data', () => undefined);
    stream = opened;
    return opened;
  };

  const credentials = (): ServerCredentials =>
    certificate === undefined || peer === undefined
      ? ServerCredentials.createInsecure()
      : ServerCredentials.createSsl(
          Buffer.from(certificateToPem(peer)),
          [{ cert_chain: Buffer.from(certificate.certificate), private_key: Buffer.from(certificate.key) }],
          true,
        );

  const listen = async (service: GrpcService): Promise<string> => {
    const address = join(folder, `host-${servers.length}`);
    const server = new Server({ 'grpc.max_receive_message_length': answerBytes });
    servers.push(server);
    serveMethods(server, service);
    await new Promise<void>((resolve, reject) => {
      server.bindAsync(`unix:${address}`, credentials(), (error) =>
        error === null ? resolve() : reject(error),
      );
    });
    return address;
  };

  return {
    serve: async (service) => {
      const listening = addresses.get(service) ?? listen(service);
      addresses.set(service, listening);
      const address = await listening;
      lastId += 1;
      open().write(Buffer.from(BROKER.info.write({ service_id: lastId, network: 'unix', address })));
      return lastId;
    },
    close: () => {
      stream?.cancel();
      for (const server of servers) server.forceShutdown();
    },
  };
};
