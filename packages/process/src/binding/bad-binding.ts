import { PlugwireUsageError } from '@plugwire/wire';

/** The path to a part of a message, such as `greet request.name`. */
export type Place = string;

/** Throws `PlugwireUsageError` `bad_binding`: a contract does not fit its `.proto` or command. */
export const refuseBinding = (place: Place, problem: string): never => {
  throw new PlugwireUsageError('bad_binding', `${place}: ${problem}`);
};
