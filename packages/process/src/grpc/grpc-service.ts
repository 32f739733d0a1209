import { HostFunctionError } from '@plugwire/runtime';
import {
  findLadder,
  PlugwireUsageError,
  type RequestOf,
  type ResponseOf,
  showType,
  type WireFunction,
} from '@plugwire/wire';

import { refuseBinding } from '../binding/bad-binding.ts';
import { findService, loadProto, methodOf, type ProtoOptions } from '../binding/load-proto.ts';
import type { Service } from '../binding/protobuf.ts';
import { bindParts, createReader, createWriter } from './method-binding.ts';

/** A function of the host that plugins may call, as {@link serveFunction} returns it. */
export interface ServedFunction {
  readonly contract: WireFunction;
  run(request: never): unknown;
}

/** The options of {@link grpcService}. */
export interface GrpcServiceOptions extends ProtoOptions {
  /** The name of the service, such as `proto.AddHelper`. */
  readonly service: string;
  /** The functions, by the names of the methods. Calls of other methods fail with `UNIMPLEMENTED`. */
  readonly methods: Readonly<Record<string, ServedFunction>>;
}

/** A service of the host that a plugin may call. */
export interface GrpcService {
  readonly methods: readonly GrpcMethod[];
}

/** One method of a service of the host. */
export interface GrpcMethod {
  /** The path of the HTTP/2 request, such as `/proto.AddHelper/Sum`. */
  readonly path: string;
  /** Handles a request message. Never rejects. */
  run(request: Uint8Array): Promise<MethodAnswer>;
}

/** The result of a method of the host. */
export type MethodAnswer =
  | { readonly ok: true; readonly part: Uint8Array }
  | { readonly ok: false; readonly reason: 'bad_request' | 'refused' | 'failed'; readonly message: string };

/**
 * Combines a contract with the function that serves it to plugins. The contract validates the request before the call and the response after
 * it. The function may throw a `HostFunctionError`, whose message the plugin receives. The plugin does not receive the text of other errors.
 *
 * @example
 * serveFunction(sum, ({ a, b }) => ({ r: a + b }));
 */
export const serveFunction = <Contract extends WireFunction>(
  contract: Contract,
  run: (request: RequestOf<Contract>) => ResponseOf<Contract> | Promise<ResponseOf<Contract>>,
): ServedFunction => ({ contract, run });

/**
 * Defines a service of the host that plugins may call: see `callbacks` of `grpcFunction`.
 *
 * Throws `PlugwireUsageError` `bad_binding`.
 *
 * @example
 * const addHelper = grpcService({
 *   proto: './counter.proto',
 *   service: 'proto.AddHelper',
 *   methods: { Sum: serveFunction(sum, ({ a, b }) => ({ r: a + b })) },
 * });
 */
export const grpcService = (options: GrpcServiceOptions): GrpcService => {
  const { service: name, methods } = options;
  const service = findService(loadProto(options, name), name, name);
  return {
    methods: Object.entries(methods).map(([method, served]) => bindMethod(service, method, served)),
  };
};

const bindMethod = (service: Service, name: string, { contract, run }: ServedFunction): GrpcMethod => {
  const place = `${service.name}.${name}`;
  const method = methodOf(service, name, place);
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_binding',
      `${place} is ${showType(contract)}: expected what serveFunction returns.`,
    );
  }
  if (method.requestStream || method.responseStream)
    refuseBinding(
      place,
      'the method has a stream: expected a method with one request and one response. Leave it out.',
    );
  const { request, response } = ladder.newest;
  const { requestType, responseType } = method;
  const read = createReader(
    requestType,
    bindParts(request.description, requestType, undefined, `${place} request`, 'read'),
  );
  const write = createWriter(
    responseType,
    bindParts(response.description, responseType, undefined, `${place} response`, 'write'),
  );

  const answer = async (bytes: Uint8Array): Promise<MethodAnswer> => {
    const body = read([bytes], Number.POSITIVE_INFINITY);
    if (!body.ok) return { ok: false, reason: 'bad_request', message: body.error.message };
    const checked = request.fromWire(body.body);
    if (!checked.ok) return { ok: false, reason: 'bad_request', message: checked.detail };
    const made = response.fromHost(await run(checked.message.host as never));
    if (!made.ok) return FAILED;
    const written = write(made.message.wire);
    return written.ok ? { ok: true, part: written.parts[0] as Uint8Array } : FAILED;
  };
  return {
    path: method.path,
    run: async (bytes) => {
      try {
        return await answer(bytes);
      } catch (error) {
        const message = HostFunctionError.guestMessageOf(error);
        return message === undefined ? FAILED : { ok: false, reason: 'refused', message };
      }
    },
  };
};

/** The text of an unexpected error is not sent, because it may contain payload. */
const FAILED = { ok: false, reason: 'failed', message: 'the host failed' } as const;
