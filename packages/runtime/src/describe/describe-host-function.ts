import {
  createMessageSchema,
  type HostFunctionDescription,
  type HostValueDescription,
  PlugwireUsageError,
} from '@plugwire/wire';
import { z } from 'zod';

import { findHostFunctionBody, type HostFunction } from '../host-functions/define-host-function.ts';
import { isSchema, type ParameterType } from '../host-functions/wasm-values.ts';

/** Whether a value is what `defineHostFunction` returns. */
export const isHostFunction = (value: unknown): value is HostFunction =>
  findHostFunctionBody(value) !== undefined;

/**
 * Describes a host function in terms of the wire, for the description of contracts that plugins are built with. A value that travels as
 * JSON has the kind `json` and its shape.
 *
 * Throws `PlugwireUsageError` `bad_schema` for a schema that refers to itself: the description has no place for its definitions.
 *
 * @example
 * writeDescription(describeContracts([greet], [describeHostFunction(lookup)]));
 */
export const describeHostFunction = ({
  name,
  namespace,
  capability,
  parameters,
  result,
}: HostFunction): HostFunctionDescription => ({
  name,
  namespace,
  ...(capability === undefined ? {} : { capability }),
  parameters: parameters.map((type, at) => describeValue(type, `${name} argument ${at + 1}`)),
  ...(result === undefined ? {} : { result: describeValue(result, `${name} result`) }),
});

const describeValue = (type: ParameterType, where: string): HostValueDescription => {
  if (!isSchema(type)) return { kind: type };
  // A message is an object, and this value may be anything.
  const { shape, definitions } = createMessageSchema(
    z.strictObject({ value: type }),
    where,
    where,
  ).description;
  if (shape.kind !== 'object' || Object.keys(definitions).length > 0) {
    throw new PlugwireUsageError(
      'bad_schema',
      `${where}: the schema refers to itself, which a description of host functions cannot say. Use z.unknown() there.`,
    );
  }
  const [member] = shape.members;
  return member === undefined ? { kind: 'json' } : { kind: 'json', shape: member.shape };
};
