import { type sendUnaryData, type Server, type ServerUnaryCall, status } from '@grpc/grpc-js';

import type { GrpcMethod, GrpcService, MethodAnswer } from './grpc-service.ts';

const same = (bytes: Buffer): Buffer => bytes;

const STATUSES = {
  bad_request: status.INVALID_ARGUMENT,
  refused: status.FAILED_PRECONDITION,
  failed: status.INTERNAL,
} as const;

/** Adds the methods of a service to a server. */
export const serveMethods = (server: Server, { methods }: GrpcService): void => {
  const definition = Object.fromEntries(
    methods.map(({ path }) => [
      path,
      {
        path,
        requestStream: false as const,
        responseStream: false as const,
        requestSerialize: same,
        requestDeserialize: same,
        responseSerialize: same,
        responseDeserialize: same,
      },
    ]),
  );
  const handlers = Object.fromEntries(methods.map((method) => [method.path, createHandler(method)]));
  server.addService(definition, handlers);
};

const respond = async (answering: Promise<MethodAnswer>, send: sendUnaryData<Buffer>): Promise<void> => {
  const answer = await answering;
  if (answer.ok) send(null, Buffer.from(answer.part));
  else send({ code: STATUSES[answer.reason], details: answer.message });
};

const createHandler =
  ({ run }: GrpcMethod) =>
  (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>): void => {
    void respond(run(call.request), callback);
  };
