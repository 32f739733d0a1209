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

/** A function of the host that plugins may call, as {@link serveFunction} makes it. */
export interface ServedFunction {
  readonly contract: WireFunction;
  run(request: never): unknown;
}

/** Where a service of the host is described, and what runs it. */
export interface GrpcServiceOptions extends ProtoOptions {
  /** The name of the service, such as `proto.AddHelper`. */
  readonly service: string;
  /** By the names of its methods. Those that are left out are `UNIMPLEMENTED`. */
  readonly methods: Readonly<Record<string, ServedFunction>>;
}

/** A service of the host that a plugin may call. */
export interface GrpcService {
  readonly methods: readonly GrpcMethod[];
}

/** One method of it. */
export interface GrpcMethod {
  /** As HTTP/2 has it, such as `/proto.AddHelper/Sum`. */
  readonly path: string;
  /** Answers a message. Never rejects. */
  run(request: Uint8Array): Promise<MethodAnswer>;
}

/** The answer of a method of the host. */
export type MethodAnswer =
  | { readonly ok: true; readonly part: Uint8Array }
  | { readonly ok: false; readonly reason: 'bad_request' | 'refused' | 'failed'; readonly message: string };

/**
 * A contract that the host serves to its plugins, and the function that serves it. The request is checked by the contract before, and the answer
 * after it. It may throw a `HostFunctionError` for the plugin to read; of any other error the plugin learns nothing.
 *
 * @example
 * serveFunction(sum, ({ a, b }) => ({ r: a + b }));
 */
export const serveFunction = <Contract extends WireFunction>(
  contract: Contract,
  run: (request: RequestOf<Contract>) => ResponseOf<Contract> | Promise<ResponseOf<Contract>>,
): ServedFunction => ({ contract, run });

/**
 * Describes a service of the host that plugins may call: see `callbacks` of `grpcFunction`.
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
      `${place} is served by a ${showType(contract)}: expected what serveFunction returns.`,
    );
  }
  if (method.requestStream || method.responseStream)
    refuseBinding(place, 'the method has a stream: only methods of one request and one response are served.');
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

/** What was thrown could quote anything. */
const FAILED = { ok: false, reason: 'failed', message: 'the host failed' } as const;
