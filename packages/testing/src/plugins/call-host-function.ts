import { behave, buildPlugin, type HostArgument, type WasmValueType } from '@plugwire/pdk-fixtures';
import {
  type CallCode,
  createPluginHost,
  defineHostFunction,
  type HostFunction,
  type LoadOptions,
  NUMBER_BLOCK_KINDS,
  type NumberBlockKind,
  numberBlockBytes,
  type ParameterType,
  type PluginHostOptions,
  type ResultType,
  type ValueOf,
} from '@plugwire/runtime';
import { defineWireFunction, PlugwireUsageError } from '@plugwire/wire';
import { z } from 'zod';

import { PATIENT_LIMITS } from './patient-limits.ts';

/** The type of a value for the guest: the wire's form for JSON, the host's form for everything else. */
type GuestValue<Type> = Type extends z.ZodType ? z.input<Type> : ValueOf<Type>;

type GuestArguments<Parameters extends readonly ParameterType[]> = {
  readonly [At in keyof Parameters]: GuestValue<Parameters[At]>;
};

/** The outcome of a host function's call, as the guest sees it. */
export type HostCallOutcome<Result = unknown> =
  | { readonly kind: 'ok'; readonly result: Result }
  /** The guest got an error. Only functions declared with `onError: 'error_result'` do this. */
  | { readonly kind: 'error'; readonly error: { readonly code: string; readonly message: string } }
  /** The host function failed, and with it the call of the guest. */
  | { readonly kind: 'failed'; readonly code: CallCode | (string & {}); readonly message: string };

/**
 * Options of {@link callHostFunction}. By default the call has 10 s and initialisation 60 s, because tests run on busy machines. Set `limits`
 * of the host or the load to change that.
 */
export interface CallHostFunctionOptions {
  /** The capabilities that the plugin requires and is granted. Default: the one that the function needs. Use `[]` to test the denial. */
  readonly capabilities?: readonly string[];
  readonly host?: Omit<PluginHostOptions, 'functions'>;
  readonly load?: Omit<LoadOptions, 'capabilities'>;
}

const call = defineWireFunction({
  name: 'call',
  fallback: 'fail_request',
  request: z.strictObject({}),
  response: z.strictObject({}),
  sample: { request: {}, response: {} },
});

/** A host function to which the guest passes the result that it got. */
const TAKE = 'plugwire_testing_take';

/**
 * Calls a host function from a WebAssembly plugin, and resolves to what the guest got. The plugin is generated from the function's declaration,
 * so you need not write one.
 *
 * Rejects with `PlugwireUsageError` `bad_option` for a wrong number of arguments, and with the errors of `host.load`.
 *
 * @example
 * const outcome = await callHostFunction(lookup, ['2001:db8::1']);
 * expect(outcome).toEqual({ kind: 'ok', result: { country: 'NZ' } });
 * expect(await callHostFunction(lookup, ['::1'], { capabilities: [] })).toMatchObject({ code: 'capability_denied' });
 */
export const callHostFunction = async <
  Parameters extends readonly ParameterType[],
  Result extends ResultType | undefined,
>(
  declared: HostFunction<Parameters, Result>,
  args: GuestArguments<Parameters>,
  options: CallHostFunctionOptions = {},
): Promise<HostCallOutcome<Result extends ResultType ? GuestValue<Result> : undefined>> => {
  const { namespace, name, capability, result } = declared;
  const { capabilities = capability === undefined ? [] : [capability], host: hostOptions, load } = options;
  const guestArgs = encodeArguments(declared, args);
  const taken = createTaker(result);
  const wasm = wasmOf(result);
  const behaviour = behave.callHostFunction({
    namespace,
    name,
    args: guestArgs,
    ...(wasm === undefined ? {} : { result: wasm, passesResultTo: TAKE }),
  });
  const source = await buildPlugin({
    functions: { [call.name]: behave.sequence(behaviour, behave.answer({ _v: 1 })) },
    requiredCapabilities: capabilities,
  });
  await using host = createPluginHost({
    ...hostOptions,
    limits: { ...PATIENT_LIMITS, ...hostOptions?.limits },
    functions: [call],
    hostFunctions: [declared, taken.function, ...(hostOptions?.hostFunctions ?? [])],
  });
  const plugin = await host.load(source, { name: 'caller', ...load, capabilities });
  const outcome = plugin.dispatchSync(call, {});
  if (outcome.kind === 'fallback') {
    const { code, message } = outcome.error;
    return { kind: 'failed', code, message };
  }
  return decodeResult(declared, taken.value()) as never;
};

const isSchema = (type: ParameterType | ResultType | undefined): type is z.ZodType =>
  typeof type === 'object';

const encodeArguments = (
  { name, parameters }: HostFunction,
  args: readonly unknown[],
): readonly HostArgument[] => {
  if (args.length !== parameters.length) {
    throw new PlugwireUsageError(
      'bad_option',
      `got ${args.length} arguments, but ${name} is declared with ${parameters.length}: pass as many.`,
    );
  }
  return parameters.map((type, at) => encodeArgument(type, args[at]));
};

const encodeArgument = (type: ParameterType, value: unknown): HostArgument => {
  if (isSchema(type)) return value === undefined ? 0n : JSON.stringify(value);
  if (isNumberBlock(type)) return numberBlockBytes(type, value as never);
  const wasm = wasmOf(type);
  if (!BLOCKS.has(type)) return { type: wasm as WasmValueType, value: value as number | bigint };
  return value === undefined ? 0n : (value as string | Uint8Array);
};

const isNumberBlock = (type: ParameterType): type is NumberBlockKind =>
  NUMBER_BLOCK_KINDS.some((kind) => kind === type);

const BLOCKS: ReadonlySet<unknown> = new Set(['text', 'text?', 'bytes', 'bytes?', 'line']);

const wasmOf = (type: ParameterType | ResultType | undefined): WasmValueType | undefined => {
  if (type === undefined) return undefined;
  if (type === 'i32' || type === 'u32') return 'i32';
  return type === 'f32' || type === 'f64' ? type : 'i64';
};

/** Creates a host function that stores its argument, whose type is that of the result. */
const createTaker = (result: ResultType | undefined) => {
  let value: unknown;
  const kind = result === undefined ? 'i32' : isSchema(result) || result === 'text' ? 'text?' : result;
  const taker = defineHostFunction({
    name: TAKE,
    parameters: [kind === 'bytes' ? 'bytes?' : kind],
    argumentBytes: Number.MAX_SAFE_INTEGER,
    run: (given) => {
      value = given;
    },
  });
  return { function: taker, value: () => value };
};

const decodeResult = ({ result, onError }: HostFunction, value: unknown): HostCallOutcome => {
  if (!isSchema(result)) return { kind: 'ok', result: value };
  const json: unknown = typeof value === 'string' ? JSON.parse(value) : undefined;
  if (onError === 'trap') return { kind: 'ok', result: json };
  const answer = json as { readonly ok: unknown } | { readonly error: { code: string; message: string } };
  return 'error' in answer ? { kind: 'error', error: answer.error } : { kind: 'ok', result: answer.ok };
};
