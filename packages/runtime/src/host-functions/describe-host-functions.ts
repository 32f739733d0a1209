import {
  createMessageSchema,
  type HostFunctionDescription,
  type HostValueDescription,
  PlugwireUsageError,
  type Shape,
  showType,
} from '@plugwire/wire';
import { z } from 'zod';

import { findHostFunctionBody, type HostFunction } from './define-host-function.ts';
import { isSchema, type ParameterType, type ResultType } from './wasm-values.ts';

/** Returns whether a value was created by `defineHostFunction`. */
export const isHostFunction = (value: unknown): value is HostFunction =>
  findHostFunctionBody(value) !== undefined;

/**
 * Describes host functions for `describeContracts`. Kits that are generated from the description have a typed function for each one. A
 * result with `onError: 'error_result'` is described in its wire form: `{"ok":…}` or `{"error":…}`.
 *
 * Throws `PlugwireUsageError` `bad_host_function` for values that `defineHostFunction` did not create, and for recursive schemas.
 *
 * @example
 * writeDescription(describeContracts([greet], describeHostFunctions([lookup])));
 */
export const describeHostFunctions = (
  functions: readonly HostFunction[],
): readonly HostFunctionDescription[] => functions.map(describeHostFunction);

const describeHostFunction = (declared: HostFunction): HostFunctionDescription => {
  if (!isHostFunction(declared))
    throw new PlugwireUsageError(
      'bad_host_function',
      `a host function is ${showType(declared)}: expected one from defineHostFunction.`,
    );
  const { name, namespace, capability, parameters, result, onError } = declared;
  return {
    name,
    namespace,
    ...(capability === undefined ? {} : { capability }),
    parameters: parameters.map((type, at) => describeValue(type, `${name} argument ${at + 1}`)),
    ...(result === undefined ? {} : { result: describeResult(result, onError, `${name} result`) }),
  };
};

const describeValue = (type: ParameterType | ResultType, what: string): HostValueDescription => {
  // For a guest a line is a text. The host reads only its beginning.
  if (!isSchema(type)) return { kind: type === 'line' ? 'text' : type };
  return { kind: 'json', shape: shapeOf(type, what) };
};

const describeResult = (
  type: ResultType,
  onError: HostFunction['onError'],
  what: string,
): HostValueDescription => {
  const described = describeValue(type, what);
  if (onError !== 'error_result' || described.shape === undefined) return described;
  const ok: Shape = {
    kind: 'object',
    members: [{ key: 'ok', presence: 'required', shape: described.shape }],
  };
  return { kind: 'json', shape: { kind: 'union', options: [ok, ERROR_ANSWER] } };
};

const ERROR_ANSWER: Shape = {
  kind: 'object',
  members: [
    {
      key: 'error',
      presence: 'required',
      shape: {
        kind: 'object',
        members: [
          {
            key: 'code',
            presence: 'required',
            shape: { kind: 'literal', values: ['bad_argument', 'failed'] },
          },
          { key: 'message', presence: 'required', shape: { kind: 'string' } },
        ],
      },
    },
  ],
};

const shapeOf = (schema: z.ZodType, what: string): Shape => {
  const { description } = createMessageSchema(z.strictObject({ value: schema }), what, what);
  const [member] = description.shape.kind === 'object' ? description.shape.members : [];
  if (member === undefined || Object.keys(description.definitions).length > 0)
    throw new PlugwireUsageError(
      'bad_host_function',
      `${what}: the schema refers to itself, which a description of a host function cannot express. Use jsonValue for that part.`,
    );
  return member.shape;
};
