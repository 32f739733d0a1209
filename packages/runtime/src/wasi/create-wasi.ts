import { createDescriptors } from './descriptors.ts';
import { ERRNO } from './errno.ts';
import { createGuestViews, type ViewedMemory } from './guest-view.ts';
import { createLineStream } from './line-stream.ts';
import { pollOneoff } from './poll-oneoff.ts';
import { processFunctions } from './process-functions.ts';
import { refusedFunctions } from './refused-functions.ts';
import { streamFunctions } from './stream-functions.ts';
import { createStringList } from './string-list.ts';
import { WASI_PARAMETERS, type WasiFunctions, type WasiName, type WasiValueType } from './wasi-signatures.ts';

/** What WASI needs from the host. If one of these functions throws, the error passes through the guest to its caller. */
export interface WasiOptions {
  /** Returns the guest's memory. While it is `undefined`, every address is a `fault`. */
  memory(): ViewedMemory | undefined;
  /** The program's name and its arguments. None by default. */
  readonly args?: readonly string[];
  /** The environment. Empty by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives a line of standard output, without its newline. A line has at most 4,096 bytes of UTF-8. Longer ones are split. */
  stdout(line: string): void;
  /** Receives a line of standard error, like `stdout`. */
  stderr(line: string): void;
  /** Returns nanoseconds since 1970. */
  nowUnixNs(): bigint;
  /** Returns nanoseconds of a clock that never goes back. */
  monotonicNs(): bigint;
  /** Fills the bytes, at most 16,384, with random values. */
  fillRandom(bytes: Uint8Array): void;
  /**
   * Receives the cost of work before it is done. The unit is a byte, which takes one or two nanoseconds. A call costs 64, a line 1,024,
   * and vectors and strings cost their length. If it throws, the call ends.
   */
  charge(bytes: number): void;
  /** Ends the process with the guest's exit code, from 0 to 2^32 - 1. Must throw. */
  exit(code: number): never;
}

/** A WASI function over raw wasm values: an `i32` as a number, an `i64` as a bigint. */
type WasiFunction = (...values: (number | bigint)[]) => number | undefined;

/** WASI preview 1 for one instance. */
export interface Wasi {
  /** The functions to link as `wasi_snapshot_preview1`: all of `WASI_PARAMETERS`. */
  readonly functions: Readonly<Record<WasiName, WasiFunction>>;
  /** Passes incomplete last lines to the host. Call it after each call into the guest, even if the call failed. */
  flush(): void;
  /** Saves the open descriptors. */
  save(): void;
  /** Restores the descriptors that were saved last. Discards incomplete lines. */
  restore(): void;
  /** Restores the initial descriptors. Discards incomplete lines. */
  clear(): void;
}

/** The charge of every call, in bytes. It limits guests that make many small calls. */
export const CALL_CHARGE = 64;

/**
 * Creates WASI preview 1 without access to the host. There are no folders, files or sockets. Standard input is empty, output goes to
 * the host line by line, and no function waits.
 *
 * The functions accept any arguments. They throw only what the options throw, or V8's error for a stack overflow.
 *
 * Throws `TypeError` if {@link checkWasiStrings} finds a fault.
 */
export const createWasi = (options: WasiOptions): Wasi => {
  const { args = [], env = {} } = options;
  const fault = checkWasiStrings(args, env);
  if (fault !== undefined) throw new TypeError(fault);

  const charge = (bytes: number): void => options.charge(bytes);
  const view = createGuestViews(() => options.memory());
  const descriptors = createDescriptors();
  const stdout = createLineStream((line) => options.stdout(line), charge);
  const stderr = createLineStream((line) => options.stderr(line), charge);
  const environment = Object.entries(env).map(([name, value]) => `${name}=${value}`);

  const parts = [
    streamFunctions({ descriptors, view, stdout, stderr, charge }),
    refusedFunctions(descriptors),
    pollOneoff({ descriptors, view, charge }),
    processFunctions({
      view,
      charge,
      args: createStringList(args, view, charge),
      environment: createStringList(environment, view, charge),
      nowUnixNs: () => options.nowUnixNs(),
      monotonicNs: () => options.monotonicNs(),
      fillRandom: (bytes) => options.fillRandom(bytes),
      exit: (code) => options.exit(code),
    }),
  ];
  const discard = (): void => {
    stdout.discard();
    stderr.discard();
  };

  return {
    functions: bindAll(parts, charge),
    flush: () => {
      stdout.flush();
      stderr.flush();
    },
    save: descriptors.save,
    restore: () => {
      discard();
      descriptors.restore();
    },
    clear: () => {
      discard();
      descriptors.clear();
    },
  };
};

/**
 * Checks arguments and environment. Returns a message that does not contain their values, or `undefined` if they are valid. Never
 * throws.
 */
export const checkWasiStrings = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): string | undefined => {
  const badArgument = args.findIndex((text) => !isPlainString(text));
  if (badArgument >= 0)
    return `wasi.args[${badArgument}] is not a string, or contains NUL: expected a string without NUL. Correct the argument.`;
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=') || !isPlainString(name))
      return `wasi.env has the name ${JSON.stringify(name)}: expected a name that is not empty and contains neither "=" nor NUL. Rename it.`;
    if (!isPlainString(value))
      return `wasi.env.${name} is not a string, or contains NUL: expected a string without NUL. Correct the value.`;
  }
  return undefined;
};

const isPlainString = (text: unknown): boolean => typeof text === 'string' && !text.includes('\0');

const bindAll = (
  parts: readonly Partial<WasiFunctions>[],
  charge: (bytes: number) => void,
): Wasi['functions'] => {
  // An object without a prototype is a hash table from the start. Spreading 46 functions into a plain object takes 0.4 ms.
  const bound = Object.create(null) as Record<WasiName, WasiFunction>;
  for (const part of parts) {
    for (const [name, run] of Object.entries(part))
      bound[name as WasiName] = bindOne(WASI_PARAMETERS[name as WasiName], run as WasiFunction, charge);
  }
  return bound;
};

/**
 * Adds the charge and the type checks that every function needs. A guest declares the types of its imports itself, and the engine does
 * not check them for a JavaScript function. A call with other types than the signature returns `inval`.
 */
const bindOne = (
  parameters: readonly WasiValueType[],
  run: WasiFunction,
  charge: (bytes: number) => void,
): WasiFunction => {
  const types = parameters.map((type) => (type === 'i64' ? 'bigint' : 'number'));
  return (...values) => {
    charge(CALL_CHARGE);
    for (let at = 0; at < types.length; at += 1) {
      const value = values[at];
      if (typeof value !== types[at]) return ERRNO.inval;
      if (typeof value === 'number') values[at] = value >>> 0;
    }
    return run(...values);
  };
};
