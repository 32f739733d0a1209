import type { WireFunction } from '@plugwire/wire';

import { canFail } from './failing-plugin.ts';
import { PLUGIN_FAILURES, type PluginFailure } from './plugin-failures.ts';

/** A failure that a plugin can cause if it serves only one contract. */
export type ContractFailure = Exclude<PluginFailure, { readonly stage: 'version_lookup' }>;

/**
 * Returns the failures that a plugin can cause with the contract, in the order of a call, for `it.each`. Failures that depend on codecs,
 * adapters, or schemas for any JSON are included if an answer is found that causes them. `not_negotiated` is not included, because such a
 * plugin must serve another contract.
 *
 * Throws `PlugwireUsageError` `bad_function` if `contract` is not a contract.
 *
 * @example
 * it.each(failuresOf(greet))('survives $stage $code', async (failure) => {
 *   await using test = await openTestPlugin(failingPlugin(greet, failure), [greet]);
 *   expect(test.plugin.dispatchSync(greet, request)).toFallBack(failure);
 * });
 */
export const failuresOf = (contract: WireFunction): readonly ContractFailure[] =>
  PLUGIN_FAILURES.filter(
    (failure): failure is ContractFailure => failure.stage !== 'version_lookup' && canFail(contract, failure),
  );
