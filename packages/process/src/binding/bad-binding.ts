import { PlugwireUsageError } from '@plugwire/wire';

/** Where in a message something does not fit, such as `greet request.name`. */
export type Place = string;

/** Throws that a contract does not fit what it is bound to. */
export const refuseBinding = (place: Place, problem: string): never => {
  throw new PlugwireUsageError('bad_binding', `${place}: ${problem}`);
};
