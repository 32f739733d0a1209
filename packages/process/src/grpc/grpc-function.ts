import { findLadder, type Ladder, PlugwireUsageError, showType, type WireFunction } from '@plugwire/wire';

import { refuseBinding } from '../binding/bad-binding.ts';
import { findMethod, loadProto, type ProtoMethod, type ProtoOptions } from '../binding/load-proto.ts';
import { bindRequest, bindResponse, type PartWriter, type PartReader } from './method-binding.ts';
import type { GrpcService } from './grpc-service.ts';

/** The options of {@link grpcFunction}. */
export interface GrpcFunctionOptions extends ProtoOptions {
  /** The service and the method, such as `proto.KV/Get`. */
  readonly method: string;
  /** The version of the contract that the `.proto` describes. The newest by default. */
  readonly version?: number;
  /** For a method with a request stream: the key of the request that holds the list of its messages. */
  readonly requestStream?: string;
  /** For a method with a response stream: the key of the response that receives the list of its messages. */
  readonly responseStream?: string;
  /**
   * Services of the host that the plugin may call during the call (go-plugin’s broker). Each key is the field of the request that receives
   * the number of the service.
   */
  readonly callbacks?: Readonly<Record<string, GrpcService>>;
}

/** A contract that is bound to a method of a `.proto`. */
export interface GrpcFunction {
  readonly contract: WireFunction;
  readonly version: number;
  readonly method: Pick<ProtoMethod, 'path' | 'requestStream' | 'responseStream'>;
  readonly callbacks: Readonly<Record<string, GrpcService>>;
  /** Encodes the messages of a request. */
  readonly write: PartWriter;
  /** Decodes the messages of a response. */
  readonly read: PartReader;
}

/**
 * Binds a contract to a method of a `.proto`. Fields are matched by name.
 *
 * Throws `PlugwireUsageError` `bad_binding` if a value could be lost or changed, or if the file, the method or a field does not exist.
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
    refuseBinding(name, `the method has a stream: set ${option} to the key that holds its messages.`);
  if (!isStream && key !== undefined)
    refuseBinding(name, `${option} is set, but the method has no such stream: leave it out.`);
};

const checkCallback = (name: string, field: string, { requestType }: ProtoMethod): void => {
  if (requestType.fields[field]?.type !== 'uint32') {
    refuseBinding(
      `${name} callbacks.${field}`,
      `the message ${requestType.name} has no such uint32 field: expected one for the number of the service. Add it to the .proto.`,
    );
  }
};
