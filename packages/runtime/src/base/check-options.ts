import { hintAt, PlugwireUsageError, showType } from '@plugwire/wire';

/**
 * Returns the options if they are an object without unknown keys. Without this check, a misspelt `sha256` would silently pin nothing. For
 * packages that extend the host, such as a custom storage.
 *
 * Throws `PlugwireUsageError` `bad_option`.
 *
 * @example
 * const MINE = { path: true, ttlMs: true } as const;
 * export const createFileStorage = (options: { path: string; ttlMs?: number }): PluginStorage => {
 *   const { path, ttlMs } = checkOptions(options, MINE);
 *   // …
 * };
 */
export const checkOptions = <Options extends object>(
  options: Options,
  known: Readonly<Record<keyof Options, true>>,
): Options => {
  if (typeof options !== 'object' || options === null) {
    throw new PlugwireUsageError(
      'bad_option',
      `options is ${showType(options)}: expected an object of options by name.`,
    );
  }
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) {
    throw new PlugwireUsageError(
      'bad_option',
      `there is no option ${JSON.stringify(unknown)}: expected ${Object.keys(known).join(', ')}.${hintAt(unknown, Object.keys(known))}`,
    );
  }
  return options;
};
