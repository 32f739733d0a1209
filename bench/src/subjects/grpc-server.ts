/**
 * The server process of the gRPC subject: `node grpc-server.js ADDRESS`. It ends with its parent.
 *
 * @module
 */
import { Server, ServerCredentials, type ServiceDefinition } from '@grpc/grpc-js';

import { CALL_PATH, CHANNEL_OPTIONS } from './grpc-service.ts';

const identity = (bytes: Buffer): Buffer => bytes;

const service: ServiceDefinition = {
  call: {
    path: CALL_PATH,
    requestStream: false,
    responseStream: false,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  },
};

const server = new Server(CHANNEL_OPTIONS);
server.addService(service, {
  call: ({ request }: { readonly request: Buffer }, answer: (error: null, response: Buffer) => void) =>
    answer(null, request),
});

server.bindAsync(process.argv[2] ?? '', ServerCredentials.createInsecure(), (error) => {
  if (error !== null) throw error;
  process.send?.('ready');
});
process.on('disconnect', () => process.exit());
