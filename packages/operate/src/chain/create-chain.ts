import type { DispatchOutcome } from '@plugwire/runtime';
import type { ChainContract, FallbackPolicy, RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';

import type { Dispatches, HandleDispatchOptions } from '../handle/plugin-handle.ts';

/** A plugin in a chain: a handle, or a plugin that the host loaded. */
export interface ChainLink extends Pick<Dispatches, 'dispatchSync'> {
  readonly name: string;
}

/** How one plugin of a chain answered. */
export interface LinkOutcome<Contract extends WireFunction> {
  /** The operator’s name for the plugin. */
  readonly plugin: string;
  readonly outcome: DispatchOutcome<Contract>;
}

/** What a chain gives: always one of these, whatever the plugins do. */
export interface ChainOutcome<Contract extends WireFunction> {
  /**
   * `answered`: a response came of it. `unanswered`: no plugin had an answer, and the policy says that the request may go on without one.
   * `failed`: a plugin was missing or broken, or the rule of the contract threw, and the policy is `fail_request`.
   */
  readonly kind: 'answered' | 'unanswered' | 'failed';
  /** The answer: the first one, or that of the last plugin of a pipeline. With the kind `all`, look at `links`. */
  readonly response: ResponseOf<Contract> | undefined;
  /** The request as a pipeline left it. */
  readonly request: RequestOf<Contract>;
  /** In the order in which they were asked. Those behind an answer or a failure were not asked. */
  readonly links: readonly LinkOutcome<Contract>[];
}

/** Several plugins for one contract, in order. */
export interface Chain<Contract extends WireFunction> {
  /** The operator’s names, in order. */
  readonly plugins: readonly string[];
  /** Asks the plugins in this thread. Never throws. */
  dispatchSync(request: RequestOf<Contract>, options?: HandleDispatchOptions): ChainOutcome<Contract>;
}

/**
 * Puts plugins in a row. How their answers become one, and what follows where one fails, is the contract’s: see `defineChain`.
 *
 * Throws nothing: an empty row is a chain that has no answer.
 *
 * @example
 * const guards = createChain(defineChain(check, { kind: 'first_answer' }), [operator.get('ip'), operator.get('user')]);
 * const { kind, response } = guards.dispatchSync({ user: 'Ada' });
 */
export const createChain = <Contract extends WireFunction>(
  { contract, rule }: ChainContract<Contract>,
  links: readonly ChainLink[],
): Chain<Contract> => {
  const policy: FallbackPolicy = contract.fallback;

  const dispatchSync = (
    first: RequestOf<Contract>,
    options?: HandleDispatchOptions,
  ): ChainOutcome<Contract> => {
    const asked: LinkOutcome<Contract>[] = [];
    let request = first;
    let response: ResponseOf<Contract> | undefined;
    const end = (kind: ChainOutcome<Contract>['kind']): ChainOutcome<Contract> => ({
      kind,
      response: kind === 'failed' ? undefined : response,
      request,
      links: asked,
    });

    for (const link of links) {
      const outcome = link.dispatchSync(contract, request, options);
      asked.push({ plugin: link.name, outcome });
      if (outcome.kind === 'fallback' && policy === 'fail_request') return end('failed');
      // The default stands for the answer; without one, the chain goes on without the plugin.
      const answer = outcome.response;
      if (answer === undefined) continue;
      try {
        if (rule.kind === 'first_answer') {
          if (rule.isAnswer?.(answer) === false) continue;
          response = answer;
          return end('answered');
        }
        if (rule.kind === 'pipeline') request = rule.next(request, answer);
        response = answer;
      } catch {
        // The rule is the contract’s own code: what it could not read must not be taken for an answer.
        return end('failed');
      }
    }
    return end(response === undefined ? 'unanswered' : 'answered');
  };

  return { plugins: links.map(({ name }) => name), dispatchSync };
};
