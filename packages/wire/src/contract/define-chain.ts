import { showChoice, listChoices, showType } from '../base/show-type.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { findLadder } from './ladder.ts';
import type { RequestOf, ResponseOf, WireFunction } from './wire-function.ts';

/** The ways to combine the answers of several plugins. See {@link ChainRule}. */
export const CHAIN_KINDS = ['first_answer', 'pipeline', 'all'] as const;
/** One of {@link CHAIN_KINDS}. */
export type ChainKind = (typeof CHAIN_KINDS)[number];

/** How the answers of several plugins that serve a contract in order are combined. */
export type ChainRule<Contract extends WireFunction> =
  | {
      /** Plugins are called in order until one gives an answer. */
      readonly kind: 'first_answer';
      /** Whether a response counts as an answer. Must be pure. By default every response does. */
      readonly isAnswer?: (response: ResponseOf<Contract>) => boolean;
    }
  | {
      /** Plugins are called in order, and each gets the request that the one before it produced. */
      readonly kind: 'pipeline';
      /** Returns the request for the next plugin. Must be pure. */
      readonly next: (request: RequestOf<Contract>, response: ResponseOf<Contract>) => RequestOf<Contract>;
    }
  | {
      /** Every plugin is called with the same request. */
      readonly kind: 'all';
    };

/** A contract that several plugins serve in order, with the rule that combines their answers. It is immutable data. */
export interface ChainContract<Contract extends WireFunction = WireFunction> {
  readonly contract: Contract;
  readonly rule: ChainRule<Contract>;
}

/**
 * Defines how the answers of several plugins for one contract are combined. The rule is part of the contract: configuration cannot change it.
 *
 * If a plugin of the chain is missing or fails, the contract's fallback policy decides. With `fail_request` the chain ends. With
 * `use_default` the default replaces the plugin's answer. With `silent_skip` and `pass_through` the chain continues without the plugin.
 *
 * Throws {@link PlugwireUsageError}: `bad_function` if `contract` is not a contract, `bad_option` if the rule is invalid.
 *
 * @example
 * const shapes = defineChain(shape, {
 *   kind: 'pipeline',
 *   next: (request, shaped) => ({ ...request, request: { ...request.request, ...shaped } }),
 * });
 */
export const defineChain = <Contract extends WireFunction>(
  contract: Contract,
  rule: ChainRule<Contract>,
): ChainContract<Contract> => {
  if (findLadder(contract) === undefined) {
    throw new PlugwireUsageError(
      'bad_function',
      `the contract is ${showType(contract)}: expected one from defineWireFunction.`,
    );
  }
  const kind: unknown = typeof rule === 'object' && rule !== null ? rule.kind : undefined;
  if (!CHAIN_KINDS.includes(kind as ChainKind)) {
    throw new PlugwireUsageError(
      'bad_option',
      `${contract.name}: the kind of the chain is ${showChoice(kind)}: expected ${listChoices(CHAIN_KINDS)}.`,
    );
  }
  if (rule.kind === 'pipeline' && typeof rule.next !== 'function') {
    throw new PlugwireUsageError(
      'bad_option',
      `${contract.name}: next is ${showType(rule.next)}: expected a pure function that takes the request and a response and returns the next request.`,
    );
  }
  return Object.freeze({ contract, rule: Object.freeze({ ...rule }) });
};
