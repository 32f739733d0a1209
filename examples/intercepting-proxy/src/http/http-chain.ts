import type { PinnedVersion } from '@plugwire/operate';
import type { DispatchOutcome } from '@plugwire/runtime';
import type { Logger } from 'pino';

import type { FailureCode } from '../failures.ts';
import { contractsOf, infoOf, type InterceptPlugin, lacksFunction, pinPlugin } from '../intercept-plugin.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import {
  readRequest,
  readResponse,
  type ShownRequest,
  type ShownResponse,
  toWireRequest,
  toWireResponse,
} from './http-message.ts';

/** The result of the plugins for one message: the message, possibly changed, or a response that replaces it, or a failure. */
type Shown<Message> =
  | { readonly kind: 'continue'; readonly message: Message }
  | { readonly kind: 'answer'; readonly response: ShownResponse }
  | { readonly kind: 'failure'; readonly code: FailureCode };

/** The plugins of one request, in order. The response is shown to the same versions. */
export interface HttpChain {
  /** Whether no plugin sees this request. */
  readonly isEmpty: boolean;
  /** Whether the chain has a guard. If so, a message that is too large to be shown is refused. */
  readonly isGuarded: boolean;
  showRequest(request: ShownRequest): Promise<Shown<ShownRequest>>;
  showResponse(response: ShownResponse): Promise<Shown<ShownResponse>>;
  /** Releases the pinned versions. */
  release(): void;
}

interface Link {
  readonly plugin: InterceptPlugin;
  readonly version: PinnedVersion | undefined;
}

/** Opens the chain for one request: pins a version of each plugin, and asks each whether it sees HTTP. */
export const openHttpChain = async (
  plugins: readonly InterceptPlugin[],
  id: string,
  { callMs }: ProxyLimits,
  logger: Logger,
): Promise<HttpChain> => {
  const options = { deadlineMs: callMs, key: id, fields: { request_id: id } };
  const pinned = plugins.map((plugin): Link => ({ plugin, version: pinPlugin(plugin) }));
  const links: Link[] = [];
  for (const link of pinned) {
    // A guard that is not available stays in the chain, so that the request fails. Its info cannot be read.
    const isAway = link.version === undefined && link.plugin.isGuard;
    const sees = link.version !== undefined && (await infoOf(link.version, options)).can_handle_http_forward;
    if (sees || isAway) links.push(link);
  }

  /** Asks the plugins in order. Each sees the message as the plugin before it returned it. */
  const show = async <Message>(
    message: Message,
    ask: (link: Link, version: PinnedVersion, message: Message) => Promise<Step<Message>>,
  ): Promise<Shown<Message>> => {
    let current = message;
    for (const link of links) {
      const { plugin, version } = link;
      if (version === undefined) return { kind: 'failure', code: 'plugin_failed' };
      const step = await ask(link, version, current);
      if (step.kind === 'continue') current = step.message;
      else if (step.kind !== 'none') return step;
      else if (step.policy === 'fail_request') {
        logger.warn(
          { target: 'proxy', plugin: plugin.handle.name, request_id: id },
          'a guard plugin failed: the request is refused',
        );
        return { kind: 'failure', code: 'plugin_failed' };
      }
    }
    return { kind: 'continue', message: current };
  };

  return {
    isEmpty: links.length === 0,
    isGuarded: links.some(({ plugin }) => plugin.isGuard),
    showRequest: async (request) =>
      await show(request, async ({ plugin }, version, current) => {
        const contract = contractsOf(plugin).httpRequest;
        const outcome = await version.dispatch(contract, { id, request: toWireRequest(current) }, options);
        if (outcome.kind === 'fallback') return noAnswer(outcome, current);
        const { action } = outcome.response;
        if (action.kind === 'abort') return answerWith(readResponse(action.response));
        if (action.modified_request === null) return { kind: 'continue', message: current };
        return goOn(readRequest(action.modified_request));
      }),
    showResponse: async (response) =>
      await show(response, async ({ plugin }, version, current) => {
        const contract = contractsOf(plugin).httpResponse;
        const outcome = await version.dispatch(contract, { id, response: toWireResponse(current) }, options);
        if (outcome.kind === 'fallback') return noAnswer(outcome, current);
        const { action } = outcome.response;
        if (action.kind === 'abort') return answerWith(readResponse(action.response));
        if (action.modified_response === null) return { kind: 'continue', message: current };
        return goOn(readResponse(action.modified_response));
      }),
    release: () => {
      for (const { version } of pinned) version?.release();
    },
  };
};

type Step<Message> =
  | Shown<Message>
  /** The plugin failed. `policy` is the fallback of the contract. */
  | { readonly kind: 'none'; readonly policy: string };

const noAnswer = <Message>(
  outcome: DispatchOutcome & { readonly kind: 'fallback' },
  current: Message,
): Step<Message> =>
  lacksFunction(outcome) ? { kind: 'continue', message: current } : { kind: 'none', policy: outcome.policy };

/** Invalid messages are refused, not repaired. Sending the original instead would undo the decision of the plugin. */
const REFUSED = { kind: 'failure', code: 'plugin_refused' } as const;

const goOn = <Message>(message: Message | undefined): Step<Message> =>
  message === undefined ? REFUSED : { kind: 'continue', message };

const answerWith = <Message>(response: ShownResponse | undefined): Step<Message> =>
  response === undefined ? REFUSED : { kind: 'answer', response };
