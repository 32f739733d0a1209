import { PlugwireUsageError, showType } from '@plugwire/wire';

/** A guest's configuration, checked to be strings. Throws `PlugwireUsageError` `bad_option`. */
export const parseConfig = (
  config: Readonly<Record<string, string>> | undefined,
): ReadonlyMap<string, string> => {
  if (config !== undefined && (typeof config !== 'object' || config === null)) {
    throw new PlugwireUsageError('bad_option', `config is ${showType(config)}: expected strings by name.`);
  }
  const entries = Object.entries(config ?? {});
  const bad = entries.find(([, value]) => typeof value !== 'string');
  if (bad !== undefined) {
    throw new PlugwireUsageError(
      'bad_option',
      `config.${bad[0]} is ${showType(bad[1])}: expected a string (JSON.stringify it).`,
    );
  }
  return new Map(entries);
};
