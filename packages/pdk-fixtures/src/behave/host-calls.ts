import type { Behaviour, GuestWriter } from './behaviour.ts';

/** The levels of Extism's own log functions. */
export const GUEST_LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const;
/** One of {@link GUEST_LOG_LEVELS}. */
export type GuestLogLevel = (typeof GUEST_LOG_LEVELS)[number];

/** Writes a log line with Extism's own functions. Sets no output. */
export const log = (level: GuestLogLevel, text: string): Behaviour => ({
  writeBody: (guest) => `(call $env.log_${level} ${guest.block(text)}) (i32.const 0)`,
});

/** Sets an Extism variable. Sets no output. */
export const varSet = (key: string, value: string | Uint8Array): Behaviour => ({
  writeBody: (guest) => `(call $env.var_set ${guest.block(key)} ${guest.block(value)}) (i32.const 0)`,
});

/** Deletes an Extism variable. Sets no output. */
export const varDelete = (key: string): Behaviour => ({
  writeBody: (guest) => `(call $env.var_set ${guest.block(key)} (i64.const 0)) (i32.const 0)`,
});

/** Answers with the value of an Extism variable. Sets no output if there is none. */
export const varGet = (key: string): Behaviour => ({
  writeBody: (guest) => `(call $lib.answer_block (call $env.var_get ${guest.block(key)})) (i32.const 0)`,
});

/** Answers with a value of the configuration. Sets no output if there is none. */
export const configGet = (key: string): Behaviour => ({
  writeBody: (guest) => `(call $lib.answer_block (call $env.config_get ${guest.block(key)})) (i32.const 0)`,
});

/** Calls `http_request`, which a host may refuse. Sets no output. */
export const httpRequest = (
  request: { readonly url: string; readonly method?: string } = { url: 'http://127.0.0.1:9/' },
): Behaviour => ({
  writeBody: (guest) =>
    `(drop (call $env.http_request ${guest.block(JSON.stringify(request))} (i64.const 0))) (i32.const 0)`,
});

/** A type of a wasm value. */
export type WasmValueType = 'i32' | 'i64' | 'f32' | 'f64';

/**
 * An argument of a host function. Text and bytes become the handle of a block, a bigint an `i64`, a number an `i32`. For other types, give the
 * type and the value.
 */
export type HostArgument =
  | string
  | Uint8Array
  | bigint
  | number
  | { readonly type: WasmValueType; readonly value: number | bigint };

const USER_NAMESPACE = 'extism:host/user';

/** A call of a host function. */
export interface HostCall {
  /** The namespace. Default: `extism:host/user`, which the protocol uses. */
  readonly namespace?: string;
  readonly name: string;
  readonly args?: readonly HostArgument[];
  /** The type of the result. Default: no result. */
  readonly result?: WasmValueType;
  /** Whether the block of an `i64` result becomes the output. Default: false. */
  readonly answersResult?: boolean;
  /** The name of a host function in `extism:host/user` to call with the result. */
  readonly passesResultTo?: string;
}

/**
 * Calls a host function. Sets no output unless `answersResult` is set.
 *
 * @example
 * behave.sequence(
 *   behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'called'] }),
 *   behave.answer({ _v: 1, text: 'logged' }),
 * )
 */
export const callHostFunction = ({
  namespace = USER_NAMESPACE,
  name,
  args = [],
  result,
  answersResult = false,
  passesResultTo,
}: HostCall): Behaviour => ({
  writeBody: (guest) => {
    const params = args.map((arg) => ` ${typeOf(arg)}`).join('');
    const signature = `(param${params})${result === undefined ? '' : ` (result ${result})`}`;
    const id = guest.importFunction(namespace, name, signature);
    const call = `(call ${id} ${args.map((arg) => operandOf(arg, guest)).join(' ')})`;
    if (result === undefined) return `${call} (i32.const 0)`;
    const uses = answersResult ? ['(call $lib.answer_block (local.get $result))'] : [];
    if (passesResultTo !== undefined) {
      const taker = guest.importFunction(USER_NAMESPACE, passesResultTo, `(param ${result})`);
      uses.push(`(call ${taker} (local.get $result))`);
    }
    return `(local $result ${result}) (local.set $result ${call}) ${uses.join(' ')} (i32.const 0)`;
  },
});

const typeOf = (arg: HostArgument): WasmValueType => {
  if (typeof arg === 'number') return 'i32';
  if (typeof arg === 'object' && 'type' in arg) return arg.type;
  return 'i64';
};

const operandOf = (arg: HostArgument, guest: GuestWriter): string => {
  if (typeof arg === 'string' || arg instanceof Uint8Array) return guest.block(arg);
  const value = typeof arg === 'object' ? arg.value : arg;
  return `(${typeOf(arg)}.const ${numberText(value)})`;
};

/** Writes a number as WebAssembly text, in which NaN and infinities have other names than in JavaScript. */
const numberText = (value: number | bigint): string => {
  if (Number.isNaN(value)) return 'nan';
  return value === Infinity ? 'inf' : value === -Infinity ? '-inf' : String(value);
};
