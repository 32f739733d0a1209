import { PlugwireUsageError, showType } from '@plugwire/wire';

import { checkWasiStrings } from './create-wasi.ts';

/** What a plugin gets of WASI: beyond this it has no folders, no input and no sockets. */
export interface WasiSettings {
  /** The program's arguments, its name first; none by default. */
  readonly args?: readonly string[];
  /** Its environment; empty by default. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The most that arguments, and the environment, may take: each instance holds them, and a guest copies them as it likes. */
const MAX_BYTES = 64 * 1024;

/**
 * Checks and copies the option `wasi`; `undefined` where the plugin gets none.
 *
 * Throws `PlugwireUsageError` `bad_option`; its message shows no value.
 */
export const parseWasi = (wasi: unknown): Required<WasiSettings> | undefined => {
  if (wasi === undefined || wasi === false) return undefined;
  if (wasi === true) return { args: [], env: {} };
  if (typeof wasi !== 'object' || wasi === null)
    throw bad(`wasi is ${showType(wasi)}: expected true, false or { args, env }.`);
  const { args = [], env = {}, ...rest } = wasi as WasiSettings;
  const [other] = Object.keys(rest);
  if (other !== undefined) throw bad(`wasi has no option ${JSON.stringify(other)}: expected args and env.`);
  if (!Array.isArray(args))
    throw bad(`wasi.args is ${showType(args)}: expected a list of strings, the program’s name first.`);
  if (typeof env !== 'object' || env === null || Array.isArray(env))
    throw bad(`wasi.env is ${showType(env)}: expected strings by name.`);
  const copy = { args: [...(args as readonly string[])], env: { ...(env as Record<string, string>) } };
  const fault = checkWasiStrings(copy.args, copy.env);
  if (fault !== undefined) throw bad(fault);
  checkSize('args', copy.args);
  checkSize('env', Object.entries(copy.env).flat());
  return copy;
};

const checkSize = (name: keyof WasiSettings, texts: readonly string[]): void => {
  // Each string is followed by a zero byte or "=", and pointed to by four bytes.
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 5, 0);
  if (bytes > MAX_BYTES) throw bad(`wasi.${name} takes ${bytes} bytes: expected at most ${MAX_BYTES}.`);
};

const bad = (message: string): PlugwireUsageError => new PlugwireUsageError('bad_option', message);
