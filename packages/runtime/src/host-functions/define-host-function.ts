import { types } from 'node:util';

import { isCapabilityName, listChoices, PlugwireUsageError, showChoice, showType } from '@plugwire/wire';
import type { z } from 'zod';

import { isFreeNamespace, USER_NAMESPACE } from '../link/namespaces.ts';
import {
  createReader,
  isSchema,
  PARAMETER_KINDS,
  RESULT_KINDS,
  type ParameterType,
  type ResultType,
  type ValueOf,
} from './wasm-values.ts';
import {
  createHostFunctionBody,
  type ErrorMode,
  ERROR_MODES,
  type HostCaller,
  type HostFunctionBody,
  type HostImplementation,
} from './host-function-body.ts';

type ArgumentsOf<Parameters extends readonly ParameterType[]> = {
  -readonly [At in keyof Parameters]: ValueOf<Parameters[At]>;
};

/** What an implementation returns. Without a result it is `void | undefined`, because `void` alone would accept a promise. */
type ReturnOf<Result extends ResultType | undefined> = Result extends ResultType
  ? Result extends 'bytes'
    ? Uint8Array
    : Result extends 'bytes?'
      ? Uint8Array | undefined
      : ValueOf<Result>
  : void | undefined;

/** Options of {@link defineHostFunction}. */
export interface HostFunctionOptions<
  Parameters extends readonly ParameterType[],
  Result extends ResultType | undefined,
> {
  /** The namespace from which guests import it. By default `extism:host/user`, as in Extism's PDKs. */
  readonly namespace?: string;
  /** The name under which guests import it. */
  readonly name: string;
  /** The capability that a plugin must require and be granted to call this function. Without it every plugin may call it. */
  readonly capability?: string;
  /** The types of the arguments, in order. By default none. */
  readonly parameters?: Parameters;
  /** The type of the result. Leave it out for a function that returns nothing. */
  readonly result?: Result;
  /** What happens when the function fails: see {@link ERROR_MODES}. By default `trap`. `error_result` needs a result that is a schema. */
  readonly onError?: Result extends z.ZodType ? ErrorMode : 'trap';
  /** The largest size of one argument of text, bytes or JSON, in bytes. By default 1 MiB. */
  readonly argumentBytes?: number;
  /** The implementation. It must be synchronous. It gets copies of the arguments. It is trusted: no deadline stops it. */
  readonly run: (...args: [...ArgumentsOf<Parameters>, HostCaller]) => ReturnOf<Result>;
}

/** A declared host function. Pass it in `hostFunctions` of a host or a sandbox. Immutable. */
export interface HostFunction<
  Parameters extends readonly ParameterType[] = readonly ParameterType[],
  Result extends ResultType | undefined = ResultType | undefined,
> {
  readonly namespace: string;
  readonly name: string;
  readonly capability: string | undefined;
  readonly parameters: Parameters;
  readonly result: Result;
  readonly onError: ErrorMode;
}

const bodies = new WeakMap<object, HostFunctionBody>();

/** Returns the body of a host function, or `undefined` if {@link defineHostFunction} did not create it. */
export const findHostFunctionBody = (declared: unknown): HostFunctionBody | undefined =>
  typeof declared === 'object' && declared !== null ? bodies.get(declared) : undefined;

const MIB = 1024 * 1024;

/**
 * Declares a host function that plugins may import. Arguments and result are validated, and their TypeScript types follow from the
 * declaration. docs/host-functions.md lists the types and says what a guest sees of a failure.
 *
 * Throws `PlugwireUsageError` `bad_host_function` for a wrong declaration, and `bad_schema` for a schema that JSON cannot carry without loss.
 *
 * @example
 * const lookup = defineHostFunction({
 *   name: 'geo_lookup',
 *   capability: 'geo',
 *   parameters: ['text'],
 *   result: z.strictObject({ country: z.string() }),
 *   run: (ip) => ({ country: countryOf(ip) }),
 * });
 * const host = createPluginHost({ functions, hostFunctions: [lookup] });
 */
export const defineHostFunction = <
  const Parameters extends readonly ParameterType[] = readonly [],
  const Result extends ResultType | undefined = undefined,
>(
  options: HostFunctionOptions<Parameters, Result>,
): HostFunction<Parameters, Result> => {
  const { namespace = USER_NAMESPACE, name, capability, argumentBytes = MIB } = options;
  const parameters = options.parameters ?? ([] as readonly ParameterType[] as Parameters);
  const result = options.result as Result;
  const onError: ErrorMode = options.onError ?? 'trap';
  checkOptions({ ...options, namespace, parameters, result, onError, argumentBytes });
  const declared: HostFunction<Parameters, Result> = Object.freeze({
    namespace,
    name,
    capability,
    parameters: Object.freeze([...parameters]) as readonly ParameterType[] as Parameters,
    result,
    onError,
  });
  const readers = parameters.map((type, at) =>
    createReader(type, `${name} argument ${at + 1}`, argumentBytes),
  );
  bodies.set(declared, createHostFunctionBody(declared, readers, options.run as HostImplementation));
  return declared;
};

/** Checks what types cannot express, and values from callers without types. */
const checkOptions = (options: {
  readonly namespace: string;
  readonly name: string;
  readonly capability?: string;
  readonly parameters: readonly ParameterType[];
  readonly result: ResultType | undefined;
  readonly onError: ErrorMode;
  readonly argumentBytes: number;
  readonly run: unknown;
}): void => {
  const { namespace, name, capability, parameters, result, onError, argumentBytes, run } = options;
  if (!isFreeNamespace(namespace))
    refuse(
      `the namespace of a host function is ${showChoice(namespace)}: expected a non-empty string that is not reserved. Choose another name.`,
    );
  if (typeof name !== 'string' || name === '' || name === '__proto__')
    refuse(
      `the name of a host function is ${typeof name === 'string' ? JSON.stringify(name) : showType(name)}: expected the name under which guests import it.`,
    );
  const where = `the host function ${JSON.stringify(name)}`;
  if (typeof run !== 'function')
    refuse(`${where}: run is ${showType(run)}: expected a synchronous function.`);
  if (types.isAsyncFunction(run) || types.isGeneratorFunction(run))
    refuse(
      `${where} is async or a generator: expected a synchronous function, because a guest cannot wait. Make it synchronous.`,
    );
  if (capability !== undefined && !isCapabilityName(capability))
    refuse(
      `${where}: capability is ${typeof capability === 'string' ? JSON.stringify(capability) : showType(capability)}: expected names like log or http:read (^[a-z][a-z0-9_]*$, joined by colons), at most 64 bytes.`,
    );
  if (!Array.isArray(parameters))
    refuse(`${where}: parameters is ${showType(parameters)}: expected a list of types.`);
  for (const [at, type] of parameters.entries())
    checkType(type, PARAMETER_KINDS, `${where}, argument ${at + 1},`);
  if (result !== undefined) checkType(result, RESULT_KINDS, `${where}, result,`);
  if (!ERROR_MODES.includes(onError))
    refuse(`${where}: onError is ${showChoice(onError)}: expected ${listChoices(ERROR_MODES)}.`);
  if (onError === 'error_result' && !isSchema(result))
    refuse(
      `${where}: onError is "error_result", which needs a result that is a zod schema. Give one, or leave onError out.`,
    );
  if (!Number.isInteger(argumentBytes) || argumentBytes < 1)
    refuse(
      `${where}: argumentBytes is ${typeof argumentBytes === 'number' ? String(argumentBytes) : showType(argumentBytes)}: expected a whole number of bytes, at least 1.`,
    );
};

const checkType = (type: unknown, kinds: readonly string[], where: string): void => {
  if (isSchema(type) || kinds.includes(type as string)) return;
  refuse(`${where} is ${showChoice(type)}: expected a zod schema, ${listChoices(kinds)}.`);
};

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_host_function', message);
};
