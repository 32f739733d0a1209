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

/** A plugin of the proxy. */
export interface InterceptPlugin {
  /** The handle of the plugin. It gives access to the current version, in this process or in another. */
  readonly handle: PluginHandle;
  /** Whether the plugin must not be skipped. If so, load it in a host with `guardedInterceptFunctions`. */
  readonly isGuard: boolean;
}

/** The answer of a plugin to `plugin_info`. */
export type PluginInfo = ResponseOf<typeof pluginInfo>;

type OrGuarded<Open extends WireFunction, Guarded extends WireFunction> = WireFunction<
  Open['name'],
  (Open | Guarded)['fallback'],
  RequestOf<Open>,
  ResponseOf<Open>
>;

/** The contracts of a plugin: the plain ones, or the guarded ones for a guard. */
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

/** Whether a dispatch fell back because the plugin does not implement the function. This is not a failure. */
export const lacksFunction = (outcome: DispatchOutcome): boolean =>
  outcome.kind === 'fallback' && outcome.error.stage === 'version_lookup';

/** Pins the current version of a plugin for a request or a stream. Returns `undefined` if no version is available. */
export const pinPlugin = ({ handle }: InterceptPlugin): PinnedVersion | undefined => {
  try {
    return handle.pin();
  } catch {
    return undefined;
  }
};

/** The answers so far, by `facts`: each loaded version has one such object. */
const known = new WeakMap<object, Promise<PluginInfo | undefined>>();

/**
 * Returns the info of a version. A module is asked once, and asked again after a failure. A plugin in another process (`sha256` is empty) is asked
 * every time, because it may have been replaced. Its carrier caches the answer.
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

/** The info of a plugin that did not return one: it sees everything once. */
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
