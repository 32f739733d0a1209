import type { HandleDispatchOptions, PinnedVersion, PluginHandle } from '@plugwire/operate';
import type { DispatchOutcome } from '@plugwire/runtime';
import type { RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';
import {
  guardedHttpRequest,
  guardedHttpResponse,
  guardedStreamData,
  guardedStreamOpen,
  httpRequest,
  httpResponse,
  pluginInfo,
  streamData,
  streamOpen,
} from '@plugwire/wire/intercept';

/** A plugin of a proxy: in a chain of them, in order. */
export interface InterceptPlugin {
  /** What serves it, whatever version that is, and wherever it runs. */
  readonly handle: PluginHandle;
  /** Whether nothing may pass that it did not see. Its host then has `guardedInterceptFunctions`. */
  readonly isGuard: boolean;
}

/** What a plugin says of itself. */
export type PluginInfo = ResponseOf<typeof pluginInfo>;

type OrGuarded<Open extends WireFunction, Guarded extends WireFunction> = WireFunction<
  Open['name'],
  (Open | Guarded)['fallback'],
  RequestOf<Open>,
  ResponseOf<Open>
>;

/** The contracts by which a plugin is called. */
export interface InterceptContracts {
  readonly httpRequest: OrGuarded<typeof httpRequest, typeof guardedHttpRequest>;
  readonly httpResponse: OrGuarded<typeof httpResponse, typeof guardedHttpResponse>;
  readonly streamOpen: OrGuarded<typeof streamOpen, typeof guardedStreamOpen>;
  readonly streamData: OrGuarded<typeof streamData, typeof guardedStreamData>;
}

const OPEN: InterceptContracts = { httpRequest, httpResponse, streamOpen, streamData };
const GUARDED: InterceptContracts = {
  httpRequest: guardedHttpRequest,
  httpResponse: guardedHttpResponse,
  streamOpen: guardedStreamOpen,
  streamData: guardedStreamData,
};

export const contractsOf = ({ isGuard }: InterceptPlugin): InterceptContracts => (isGuard ? GUARDED : OPEN);

/** Whether a plugin has not failed but lacks the function, and so has nothing to say. */
export const lacksFunction = (outcome: DispatchOutcome): boolean =>
  outcome.kind === 'fallback' && outcome.error.stage === 'version_lookup';

/** One version of a plugin for the time of a request or a stream; `undefined` while there is none. */
export const pinPlugin = ({ handle }: InterceptPlugin): PinnedVersion | undefined => {
  try {
    return handle.pin();
  } catch {
    return undefined;
  }
};

/** By the facts of a loaded version, which are one object for as long as it is loaded. */
const known = new WeakMap<object, Promise<PluginInfo | undefined>>();

/**
 * What a version says of itself. A module is asked once, and again if it did not answer. What runs elsewhere may come back as another: its carrier
 * knows what it said last.
 */
export const infoOf = async (version: PinnedVersion, options: HandleDispatchOptions): Promise<PluginInfo> => {
  const asked = known.get(version.facts) ?? ask(version, options);
  known.set(version.facts, asked);
  const info = await asked;
  if (info === undefined || version.facts.sha256 === '') known.delete(version.facts);
  return info ?? WITHOUT_INFO;
};

const ask = async (
  version: PinnedVersion,
  options: HandleDispatchOptions,
): Promise<PluginInfo | undefined> => {
  const outcome = await version.dispatch(pluginInfo, {}, options);
  return outcome.kind === 'ok' || lacksFunction(outcome) ? outcome.response : undefined;
};

/** What holds for a plugin that gave no answer: it sees everything, once. */
const WITHOUT_INFO: PluginInfo = {
  name: '',
  version: '',
  author: '',
  url: '',
  platform: '',
  direction: 'ingress',
  side: 'any',
  protocols: [],
  can_handle_http_forward: true,
  can_handle_tunnel: true,
};
