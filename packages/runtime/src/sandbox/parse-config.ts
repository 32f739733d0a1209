import { PlugwireUsageError, showType } from '@plugwire/wire';

/**
 * Checks and copies a guest's configuration, whose values must be strings.
 *
 * Throws `PlugwireUsageError` `bad_option`.
 */
export const parseConfig = (
  config: Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, string> => {
  if (config !== undefined && (typeof config !== 'object' || config === null)) {
    throw new PlugwireUsageError(
      'bad_option',
      `config is ${showType(config)}: expected an object of strings. Correct the option.`,
    );
  }
  const entries = Object.entries(config ?? {});
  const bad = entries.find(([, value]) => typeof value !== 'string');
  if (bad !== undefined) {
    throw new PlugwireUsageError(
      'bad_option',
      `config.${bad[0]} is ${showType(bad[1])}: expected a string. Convert it, for example with JSON.stringify.`,
    );
  }
  return new Map(entries);
};
