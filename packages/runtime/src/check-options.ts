import { PlugwireUsageError } from '@plugwire/wire';

/** Gives options back if they are any. Throws `PlugwireUsageError` `bad_option`. */
export const checkOptions = <Options extends object>(options: Options): Options => {
  if (typeof options === 'object' && options !== null) return options;
  throw new PlugwireUsageError(
    'bad_option',
    `options is ${options === null ? 'null' : `of type ${typeof options}`}: expected an object of options by name.`,
  );
};
