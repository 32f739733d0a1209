import type { RequestOf, WireFunction } from '@plugwire/wire';

import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchOptions } from './dispatch-target.ts';

/**
 * Calls a plugin in this thread. A typed request must have the contract's type. A request of type `unknown`, such as the parsed body of an
 * HTTP request, is also accepted, because every request is validated. A request that does not fit fails with the stage `request_envelope`.
 * Never throws.
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

/** Calls a plugin that may run in another process. Takes the same arguments as {@link DispatchSync} and never rejects. */
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

/** Accepts only `unknown` itself. A value with any other type is checked against the contract. */
export type OnlyUnknown<Given> = unknown extends Given ? Given : never;
