import { showChoice, listChoices, showType } from '../base/show-type.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { findLadder } from './ladder.ts';
import type { RequestOf, ResponseOf, WireFunction } from './wire-function.ts';

/** How the answers of several plugins become one. */
export const CHAIN_KINDS = ['first_answer', 'pipeline', 'all'] as const;
/** One of {@link CHAIN_KINDS}. */
export type ChainKind = (typeof CHAIN_KINDS)[number];

/** What a contract says of several plugins that serve it in order. */
export type ChainRule<Contract extends WireFunction> =
  | {
      /** The first plugin with an answer is the last that is asked. */
      readonly kind: 'first_answer';
      /** Whether a response is an answer. By default each is. Pure. */
      readonly isAnswer?: (response: ResponseOf<Contract>) => boolean;
    }
  | {
      /** Each plugin sees what those before it made of the request. */
      readonly kind: 'pipeline';
      /** The request for the next plugin. Pure. */
      readonly next: (request: RequestOf<Contract>, response: ResponseOf<Contract>) => RequestOf<Contract>;
    }
  | {
      /** Every plugin sees the same request. */
      readonly kind: 'all';
    };

/** A contract that several plugins serve in order, and how their answers become one. Data, and immutable. */
export interface ChainContract<Contract extends WireFunction = WireFunction> {
  readonly contract: Contract;
  readonly rule: ChainRule<Contract>;
}

/**
 * Says how the answers of several plugins for one contract become one. It belongs to the contract: no configuration changes it.
 *
 * What a chain does where a plugin is missing or broken follows from the contract's policy. `fail_request` ends the chain. Where the policy
 * is `use_default`, the default stands for the plugin's answer. With `silent_skip` and `pass_through` the chain goes on without it.
 *
 * Throws {@link PlugwireUsageError} `bad_function` for what is no contract, `bad_option` for a rule that is none.
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
      `${contract.name}: next is ${showType(rule.next)}: expected a pure function from the request and a response to the next request.`,
    );
  }
  return Object.freeze({ contract, rule: Object.freeze({ ...rule }) });
};
