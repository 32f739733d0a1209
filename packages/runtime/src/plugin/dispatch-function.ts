import type { RequestOf, WireFunction } from '@plugwire/wire';

import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchOptions } from './dispatch-target.ts';

/**
 * Calls a plugin in this thread. A request that has a type must be one of the contract's. A request of type `unknown`, such as the parsed body of
 * an HTTP request, is taken too, since every request is validated: one that does not fit ends at `request_envelope`.
 *
 * @example
 * plugin.dispatchSync(greet, { name: 'Ada' });
 * plugin.dispatchSync(greet, JSON.parse(body) as unknown);
 */
export interface DispatchSync<Options extends DispatchOptions = DispatchOptions> {
  <Contract extends WireFunction>(
    contract: Contract,
    request: RequestOf<Contract>,
    options?: Options,
  ): DispatchOutcome<Contract>;
  <Contract extends WireFunction, Given>(
    contract: Contract,
    request: OnlyUnknown<Given>,
    options?: Options,
  ): DispatchOutcome<Contract>;
}

/** The same as a promise, for plugins that may run in another process. */
export interface Dispatch<Options extends DispatchOptions = DispatchOptions> {
  <Contract extends WireFunction>(
    contract: Contract,
    request: RequestOf<Contract>,
    options?: Options,
  ): Promise<DispatchOutcome<Contract>>;
  <Contract extends WireFunction, Given>(
    contract: Contract,
    request: OnlyUnknown<Given>,
    options?: Options,
  ): Promise<DispatchOutcome<Contract>>;
}

/** `unknown` itself, and no other type: a value whose type is known is checked against the contract. */
export type OnlyUnknown<Given> = unknown extends Given ? Given : never;
