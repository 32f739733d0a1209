import type { DispatchOutcome, OnlyUnknown } from '@plugwire/runtime';
import type { ChainContract, FallbackPolicy, RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';

import type { Dispatches, HandleDispatchOptions } from '../handle/plugin-handle.ts';

/** A plugin in a chain: a handle, or a plugin that the host loaded. */
export interface ChainLink extends Dispatches {
  readonly name: string;
}

/** A plugin in a chain that is only asked by `dispatch`, such as one in a process. */
export type AsyncChainLink = Pick<ChainLink, 'name' | 'dispatch'>;

/** How one plugin of a chain answered. */
export interface LinkOutcome<Contract extends WireFunction> {
  /** The operator’s name for the plugin. */
  readonly plugin: string;
  readonly outcome: DispatchOutcome<Contract>;
}

/** What a chain gives: always one of these, whatever the plugins do. */
export interface ChainOutcome<Contract extends WireFunction, Request = RequestOf<Contract>> {
  /**
   * `answered`: a response came of it. `unanswered`: no plugin had an answer, and the policy says that the request may go on without one.
   * `failed`: a plugin was missing or broken, or the rule of the contract threw, and the policy is `fail_request`.
   */
  readonly kind: 'answered' | 'unanswered' | 'failed';
  /** The answer: the first one, or that of the last plugin of a pipeline. With the kind `all`, look at `links`. */
  readonly response: ResponseOf<Contract> | undefined;
  /** The request as a pipeline left it. */
  readonly request: Request;
  /** In the order in which they were asked. Those behind an answer or a failure were not asked. */
  readonly links: readonly LinkOutcome<Contract>[];
}

/** Several plugins for one contract, in order. */
export interface Chain<Contract extends WireFunction> {
  /** The operator’s names, in order. */
  readonly plugins: readonly string[];
  /**
   * Asks the plugins in this thread. Never throws. A request of type `unknown`, such as the parsed body of an HTTP request, is accepted too:
   * each plugin's dispatch validates it.
   */
  dispatchSync(request: RequestOf<Contract>, options?: HandleDispatchOptions): ChainOutcome<Contract>;
  dispatchSync<Given>(
    request: OnlyUnknown<Given>,
    options?: HandleDispatchOptions,
  ): ChainOutcome<Contract, unknown>;
  /** Asks the plugins one after another, wherever they run. Never rejects. */
  dispatch(request: RequestOf<Contract>, options?: HandleDispatchOptions): Promise<ChainOutcome<Contract>>;
  dispatch<Given>(
    request: OnlyUnknown<Given>,
    options?: HandleDispatchOptions,
  ): Promise<ChainOutcome<Contract, unknown>>;
}

/** A chain with plugins that only `dispatch` can ask. */
export type AsyncChain<Contract extends WireFunction> = Omit<Chain<Contract>, 'dispatchSync'>;

/**
 * Puts plugins in a row. How their answers become one, and what follows where one fails, is the contract’s: see `defineChain`.
 *
 * Throws nothing: an empty row is a chain that has no answer.
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

/** One request on its way through a chain. */
interface Walk<Contract extends WireFunction> {
  /** The request as the next plugin gets it. */
  request(): RequestOf<Contract>;
  /** Takes the outcome of a plugin, and tells whether those behind it are not asked. */
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

  /** Whether the answer ends the chain. What the rule of the contract throws goes to the caller. */
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
      // The default stands for the answer; without one, the chain goes on without the plugin.
      const answer = outcome.response;
      if (answer === undefined) return false;
      try {
        return follow(answer);
      } catch {
        // The rule is the contract’s own code: what it could not read must not be taken for an answer.
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
