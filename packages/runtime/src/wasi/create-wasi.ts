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

/** What a guest's WASI is made from. What these functions throw passes through the guest to whoever called it. */
export interface WasiOptions {
  /** The guest's memory; `undefined` before there is one, and every address is then a `fault`. */
  memory(): ViewedMemory | undefined;
  /** The arguments, the program's name first; none by default. */
  readonly args?: readonly string[];
  /** The environment; empty by default. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives a line of standard output, without its end. At most 4,096 bytes of UTF-8: a longer one comes in pieces. */
  stdout(line: string): void;
  /** The same for standard error. */
  stderr(line: string): void;
  nowUnixNs(): bigint;
  monotonicNs(): bigint;
  /** Fills at most 16,384 bytes. */
  fillRandom(bytes: Uint8Array): void;
  /**
   * Is told of work before it is done, in bytes: a byte stands for a nanosecond or two. A call is charged 64, a line 1,024,
   * long vectors and strings by their length. It may throw, which ends the call.
   */
  charge(bytes: number): void;
  /** Ends the process with the guest's code, 0..2^32-1. It throws and so never returns. */
  exit(code: number): never;
}

/** A WASI function over raw wasm values: an `i32` as a number, an `i64` as a bigint. */
type WasiFunction = (...values: (number | bigint)[]) => number | undefined;

/** WASI preview 1 for one instance. */
export interface Wasi {
  /** What to link as `wasi_snapshot_preview1`: every function of `WASI_PARAMETERS`. */
  readonly functions: Readonly<Record<WasiName, WasiFunction>>;
  /** Gives out incomplete last lines. To be called after each call into the guest, however it ended. */
  flush(): void;
  /** Keeps the descriptors as they are now; goes back to those that were kept last, or to those that it began with. */
  save(): void;
  restore(): void;
  clear(): void;
}

/** What every call is charged as, in bytes, so that a storm of small ones is seen too. */
export const CALL_CHARGE = 64;

/**
 * Creates WASI preview 1 for a guest that gets nothing of the host's: no folders, no files, no sockets, an empty standard
 * input, output line by line to the host, and nothing that waits. The functions trust no argument: beyond what the options
 * throw, only V8's stack overflow leaves them. Throws `TypeError` if {@link checkWasiStrings} finds a fault.
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

/** What is wrong with arguments or environment, as a sentence without their values; `undefined` if nothing is. */
export const checkWasiStrings = (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): string | undefined => {
  const badArgument = args.findIndex((text) => !isPlainString(text));
  if (badArgument >= 0) return `WASI argument ${badArgument} is no string without NUL.`;
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=') || !isPlainString(name))
      return `The WASI variable ${JSON.stringify(name)} has a name that is empty or contains "=" or NUL.`;
    if (!isPlainString(value)) return `The WASI variable ${name} has a value that is no string without NUL.`;
  }
  return undefined;
};

const isPlainString = (text: unknown): boolean => typeof text === 'string' && !text.includes('\0');

const bindAll = (
  parts: readonly Partial<WasiFunctions>[],
  charge: (bytes: number) => void,
): Wasi['functions'] => {
  // Without a prototype it is a hash table from the start: spreading 46 functions into an object takes 0.4 ms.
  const bound = Object.create(null) as Record<WasiName, WasiFunction>;
  for (const part of parts) {
    for (const [name, run] of Object.entries(part))
      bound[name as WasiName] = bindOne(WASI_PARAMETERS[name as WasiName], run as WasiFunction, charge);
  }
  return bound;
};

/**
 * Puts the checks before a function that every one needs. A guest declares the types of its imports itself, and the engine
 * holds a JavaScript function to none: what does not fit the signature is `inval`.
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
