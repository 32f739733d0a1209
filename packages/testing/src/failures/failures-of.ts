import type { WireFunction } from '@plugwire/wire';

import { canFail } from './failing-plugin.ts';
import { PLUGIN_FAILURES, type PluginFailure } from './plugin-failures.ts';

/** A failure that a plugin can cause which serves one contract alone. */
export type ContractFailure = Exclude<PluginFailure, { readonly stage: 'version_lookup' }>;

/**
 * The failures that a plugin can cause with this contract, in the order of a call: for `it.each`. Failures that need an open end, a codec or
 * an adapter are among them if the contract has one and an answer is found that does it. `not_negotiated` is not: such a plugin serves
 * something else.
 *
 * Throws `PlugwireUsageError` `bad_function` for what is no contract.
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
