import { join } from 'node:path';

import { type ClientDuplexStream, Metadata, Server, ServerCredentials } from '@grpc/grpc-js';

import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import type { GrpcService } from '../grpc/grpc-service.ts';
import { serveMethods } from '../grpc/serve-methods.ts';
import { type Certificate, certificateToPem } from './create-certificate.ts';
import type { Multiplexer } from '../multiplex/open-multiplexer.ts';
import { BROKER, type ConnInfo } from './services.ts';

/** The host’s side of go-plugin’s broker, through which a plugin calls services of the host. */
export interface Broker {
  /** Serves a service, and resolves to a number with which the plugin can dial it once. Rejects if it cannot be served. */
  serve(service: GrpcService): Promise<number>;
  close(): void;
}

interface BrokerOptions {
  /** The folder for sockets. */
  readonly folder: string;
  readonly certificate: Certificate | undefined;
  /** The certificate of the plugin, in DER. */
  readonly peer: Buffer | undefined;
  /** The shared connection, if multiplexing is on. */
  readonly multiplexer: Multiplexer | undefined;
  /** The most bytes of a request from the plugin. */
  readonly answerBytes: number;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Creates a broker. It opens its stream when the first service is served. */
export const createBroker = (
  { client }: GrpcConnection,
  { folder, certificate, peer, multiplexer, answerBytes }: BrokerOptions,
): Broker => {
  /** The address of each service. Services listen until the plugin ends, because the plugin may keep their numbers. */
  const addresses = new Map<GrpcService, Promise<string>>();
  const servers: Server[] = [];
  let current: ClientDuplexStream<Buffer, Buffer> | undefined;
  let lastId = 0;
  /** The address of the service with a number. */
  const numbers = new Map<number, string>();

  const open = (): ClientDuplexStream<Buffer, Buffer> => {
    if (current !== undefined && !current.destroyed) return current;
    const opened = client.makeBidiStreamRequest(BROKER.path, same, same, new Metadata());
    opened.on('error', () => undefined);
    opened.on('data', (bytes: Buffer) => answerKnock(bytes, opened));
    current = opened;
    return opened;
  };

  /** Lets the plugin dial over the shared connection. Offers of the plugin to be dialled are ignored. */
  const answerKnock = (bytes: Buffer, to: ClientDuplexStream<Buffer, Buffer>): void => {
    const asked = readInfo(bytes);
    if (multiplexer === undefined || asked?.knock?.knock !== true || asked.knock.ack === true) return;
    const address = numbers.get(asked.service_id);
    if (address !== undefined) multiplexer.expect(address);
    const error = address === undefined ? 'the host has no service with this number' : '';
    const knock = { knock: true, ack: true, error };
    to.write(Buffer.from(BROKER.info.write({ service_id: asked.service_id, knock })));
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
      numbers.set(lastId, address);
      const stream = open();
      // With a shared connection, the plugin sends a knock before it dials.
      if (multiplexer === undefined)
        stream.write(Buffer.from(BROKER.info.write({ service_id: lastId, network: 'unix', address })));
      return lastId;
    },
    close: () => {
      current?.cancel();
      for (const server of servers) server.forceShutdown();
    },
  };
};

const readInfo = (bytes: Buffer): ConnInfo | undefined => {
  try {
    return BROKER.info.read(bytes);
  } catch {
    return undefined;
  }
};
