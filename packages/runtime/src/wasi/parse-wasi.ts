import { PlugwireUsageError, showType } from '@plugwire/wire';

import { checkWasiStrings } from './create-wasi.ts';

/** The arguments and environment of a plugin with WASI. It gets no folders, input or sockets. */
export interface WasiSettings {
  /** The program's name and its arguments. None by default. */
  readonly args?: readonly string[];
  /** The environment. Empty by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The largest size of the arguments, and of the environment, in bytes. Each instance keeps a copy, and a guest can copy them often. */
const MAX_BYTES = 64 * 1024;

/**
 * Checks and copies the option `wasi`. Returns `undefined` if WASI is off.
 *
 * Throws `PlugwireUsageError` `bad_option`. Its message contains no argument and no value.
 */
export const parseWasi = (wasi: unknown): Required<WasiSettings> | undefined => {
  if (wasi === undefined || wasi === false) return undefined;
  if (wasi === true) return { args: [], env: {} };
  if (typeof wasi !== 'object' || wasi === null)
    throw bad(`wasi is ${showType(wasi)}: expected true, false or { args, env }. Correct the option.`);
  const { args = [], env = {}, ...rest } = wasi as WasiSettings;
  const [other] = Object.keys(rest);
  if (other !== undefined)
    throw bad(`wasi has the option ${JSON.stringify(other)}: expected args and env. Remove the option.`);
  if (!Array.isArray(args))
    throw bad(
      `wasi.args is ${showType(args)}: expected a list of strings. Begin it with the program’s name.`,
    );
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw bad(`wasi.env is ${showType(env)}: expected an object of strings. Correct the option.`);
  const copy = { args: [...(args as readonly string[])], env: { ...(env as Record<string, string>) } };
  const fault = checkWasiStrings(copy.args, copy.env);
  if (fault !== undefined) throw bad(fault);
  checkSize('args', copy.args);
  checkSize('env', Object.entries(copy.env).flat());
  return copy;
};

const checkSize = (name: keyof WasiSettings, texts: readonly string[]): void => {
  // Each string takes one more byte, a zero or "=", and a pointer of four bytes.
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 5, 0);
  if (bytes > MAX_BYTES)
    throw bad(`wasi.${name} takes ${bytes} bytes: expected at most ${MAX_BYTES}. Pass large data as input.`);
};

const bad = (message: string): PlugwireUsageError => new PlugwireUsageError('bad_option', message);
