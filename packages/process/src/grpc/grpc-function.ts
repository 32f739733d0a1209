import { findLadder, type Ladder, PlugwireUsageError, showType, type WireFunction } from '@plugwire/wire';

import { refuseBinding } from '../binding/bad-binding.ts';
import { findMethod, loadProto, type ProtoMethod, type ProtoOptions } from '../binding/load-proto.ts';
import { bindRequest, bindResponse, type PartWriter, type PartReader } from './method-binding.ts';
import type { GrpcService } from './grpc-service.ts';

/** How a contract is bound to a method. */
export interface GrpcFunctionOptions extends ProtoOptions {
  /** The service and the method, such as `proto.KV/Get`. */
  readonly method: string;
  /** The version of the contract that the messages of the `.proto` are; the newest by default. */
  readonly version?: number;
  /** For a method that takes a stream: the key of the request whose elements are its messages. */
  readonly requestStream?: string;
  /** For a method that gives a stream: the key of the response that gets its messages. */
  readonly responseStream?: string;
  /**
   * Services of the host that the plugin may call while the call runs, by the field of the request that gets their number (go-plugin's
   * broker).
   */
  readonly callbacks?: Readonly<Record<string, GrpcService>>;
}

/** A contract that is bound to a method of a `.proto`. */
export interface GrpcFunction {
  readonly contract: WireFunction;
  readonly version: number;
  readonly method: Pick<ProtoMethod, 'path' | 'requestStream' | 'responseStream'>;
  readonly callbacks: Readonly<Record<string, GrpcService>>;
  /** Writes the messages of a request. */
  readonly write: PartWriter;
  /** Reads the messages of a response. */
  readonly read: PartReader;
}

/**
 * Binds a contract to a method of a `.proto`. Fields are found by name, and everything that could lose or change a value is refused here.
 *
 * Throws `PlugwireUsageError` `bad_binding`.
 *
 * @example
 * const getFunction = grpcFunction(get, { proto: './kv.proto', method: 'proto.KV/Get' });
 */
export const grpcFunction = (contract: WireFunction, options: GrpcFunctionOptions): GrpcFunction => {
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_binding',
      `a ${showType(contract)} is bound: expected a contract from defineWireFunction.`,
    );
  }
  const { name } = contract;
  const method = findMethod(loadProto(options, name), options.method, name);
  const { version = ladder.newest.version, callbacks = {} } = options;
  const rung = rungOf(ladder, version, name);
  checkStream(name, 'requestStream', method.requestStream, options.requestStream);
  checkStream(name, 'responseStream', method.responseStream, options.responseStream);
  for (const field of Object.keys(callbacks)) checkCallback(name, field, method);
  return {
    contract,
    version,
    method,
    callbacks,
    write: bindRequest(rung.request.description, method, options.requestStream, `${name} request`, 'write'),
    read: bindResponse(rung.response.description, method, options.responseStream, `${name} response`, 'read'),
  };
};

const rungOf = (ladder: Ladder, version: number, name: string): Ladder['newest'] =>
  ladder.rungs.find((rung) => rung.version === version) ??
  refuseBinding(
    name,
    `the contract has no version ${version}: expected one of ${ladder.rungs.map((rung) => rung.version).join(', ')}.`,
  );

const checkStream = (name: string, option: string, isStream: boolean, key: string | undefined): void => {
  if (isStream && key === undefined)
    refuseBinding(name, `the method has a stream: name the key that holds its messages with ${option}.`);
  if (!isStream && key !== undefined)
    refuseBinding(name, `${option} is given, and the method has no such stream: leave it out.`);
};

const checkCallback = (name: string, field: string, { requestType }: ProtoMethod): void => {
  if (requestType.fields[field]?.type !== 'uint32') {
    refuseBinding(
      `${name} callbacks.${field}`,
      `the message ${requestType.name} has no such field of uint32: the broker's numbers are uint32.`,
    );
  }
};
