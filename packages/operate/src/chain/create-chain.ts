import type { DispatchOutcome, OnlyUnknown } from '@plugwire/runtime';
import type { ChainContract, FallbackPolicy, RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';

import type { Dispatches, HandleDispatchOptions } from '../handle/plugin-handle.ts';

/** A plugin in a chain: a handle, or a plugin that the host loaded. */
export interface ChainLink extends Dispatches {
  readonly name: string;
}

/** A plugin in a chain that supports only `dispatch`, such as one in a process. */
export type AsyncChainLink = Pick<ChainLink, 'name' | 'dispatch'>;

/** The outcome of one plugin of a chain. */
export interface LinkOutcome<Contract extends WireFunction> {
  /** The operator’s name for the plugin. */
  readonly plugin: string;
  readonly outcome: DispatchOutcome<Contract>;
}

/** The result of a chain. It is always one of these, whatever the plugins do. */
export interface ChainOutcome<Contract extends WireFunction, Request = RequestOf<Contract>> {
  /**
   * `answered`: there is a response. `unanswered`: no plugin had an answer, and the policy lets the request continue without one. `failed`: a
   * plugin was missing or failed, or the contract's rule threw, and the policy is `fail_request`.
   */
  readonly kind: 'answered' | 'unanswered' | 'failed';
  /** The answer: the first one, or that of the last plugin of a pipeline. With the kind `all`, look at `links`. */
  readonly response: ResponseOf<Contract> | undefined;
  /** The request after the last step of a pipeline. */
  readonly request: Request;
  /** The outcomes in the order of the calls. Plugins after an answer or a failure were not called. */
  readonly links: readonly LinkOutcome<Contract>[];
}

/** Several plugins for one contract, in order. */
export interface Chain<Contract extends WireFunction> {
  /** The operator’s names, in order. */
  readonly plugins: readonly string[];
  /**
   * Calls the plugins in this thread. Never throws. A request of type `unknown`, such as the parsed body of an HTTP request, is accepted too:
   * each plugin's dispatch validates it.
   */
  dispatchSync(request: RequestOf<Contract>, options?: HandleDispatchOptions): ChainOutcome<Contract>;
  dispatchSync<Given>(
    request: OnlyUnknown<Given>,
    options?: HandleDispatchOptions,
  ): ChainOutcome<Contract, unknown>;
  /** Calls the plugins one after another, wherever they run. Never rejects. */
  dispatch(request: RequestOf<Contract>, options?: HandleDispatchOptions): Promise<ChainOutcome<Contract>>;
  dispatch<Given>(
    request: OnlyUnknown<Given>,
    options?: HandleDispatchOptions,
  ): Promise<ChainOutcome<Contract, unknown>>;
}

/** A chain with plugins that support only `dispatch`. */
export type AsyncChain<Contract extends WireFunction> = Omit<Chain<Contract>, 'dispatchSync'>;

/**
 * Creates a chain of plugins. The contract says how their answers are combined, and what happens if one fails: see `defineChain`.
 *
 * Never throws. A chain without plugins has no answer.
 *
 * @example
 * const guards = createChain(defineChain(check, { kind: 'first_answer' }), [operator.get('ip'), operator.get('user')]);
 * const { kind, response } = guards.dispatchSync({ user: 'Ada' });
 */
export const createChain: {
  <Contract extends WireFunction>(
    contract: ChainContract<Contract>,
    links: readonly ChainLink[],
  ): Chain<Contract>;
  <Contract extends WireFunction>(
    contract: ChainContract<Contract>,
    links: readonly AsyncChainLink[],
  ): AsyncChain<Contract>;
} = <Contract extends WireFunction>(
  chain: ChainContract<Contract>,
  links: readonly AsyncChainLink[],
): Chain<Contract> => ({
  plugins: links.map(({ name }) => name),
  dispatchSync: (request: RequestOf<Contract>, options?: HandleDispatchOptions) => {
    const walk = createWalk(chain, request);
    for (const link of links as readonly ChainLink[]) {
      const isOver = walk.take(link.name, link.dispatchSync(chain.contract, walk.request(), options));
      if (isOver) break;
    }
    return walk.outcome();
  },
  dispatch: async (request: RequestOf<Contract>, options?: HandleDispatchOptions) => {
    const walk = createWalk(chain, request);
    for (const link of links) {
      const isOver = walk.take(link.name, await link.dispatch(chain.contract, walk.request(), options));
      if (isOver) break;
    }
    return walk.outcome();
  },
});

/** The state of one request in a chain. */
interface Walk<Contract extends WireFunction> {
  /** Returns the request for the next plugin. */
  request(): RequestOf<Contract>;
  /** Adds the outcome of a plugin. Returns whether the chain ends here. */
  take(plugin: string, outcome: DispatchOutcome<Contract>): boolean;
  outcome(): ChainOutcome<Contract>;
}

const createWalk = <Contract extends WireFunction>(
  { contract, rule }: ChainContract<Contract>,
  first: RequestOf<Contract>,
): Walk<Contract> => {
  const policy: FallbackPolicy = contract.fallback;
  const asked: LinkOutcome<Contract>[] = [];
  let request = first;
  let response: ResponseOf<Contract> | undefined;
  let isFailed = false;

  /** Returns whether the answer ends the chain. Throws what the contract's rule throws. */
  const follow = (answer: ResponseOf<Contract>): boolean => {
    if (rule.kind === 'first_answer') {
      if (rule.isAnswer?.(answer) === false) return false;
      response = answer;
      return true;
    }
    if (rule.kind === 'pipeline') request = rule.next(request, answer);
    response = answer;
    return false;
  };

  return {
    request: () => request,
    take: (plugin, outcome) => {
      asked.push({ plugin, outcome });
      if (outcome.kind === 'fallback' && policy === 'fail_request') {
        isFailed = true;
        return true;
      }
      // The default is used as the answer. Without a default the chain continues without the plugin.
      const answer = outcome.response;
      if (answer === undefined) return false;
      try {
        return follow(answer);
      } catch {
        // The contract's rule threw. An answer that it could not read must not count as one.
        isFailed = true;
        return true;
      }
    },
    outcome: () => ({
      kind: isFailed ? 'failed' : response === undefined ? 'unanswered' : 'answered',
      response: isFailed ? undefined : response,
      request,
      links: asked,
    }),
  };
};
