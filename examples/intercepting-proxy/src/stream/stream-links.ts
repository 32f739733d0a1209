import type { PinnedVersion } from '@plugwire/operate';
import type { ResponseOf } from '@plugwire/wire';
import { streamClose, type streamData } from '@plugwire/wire/intercept';
import type { Logger } from 'pino';

import {
  contractsOf,
  infoOf,
  type InterceptPlugin,
  lacksFunction,
  pinPlugin,
  type PluginInfo,
} from '../intercept-plugin.ts';
import type { ProxyLimits } from '../proxy-limits.ts';
import type { Target } from '../target-rules.ts';

/** The facts about a stream before its first byte. */
export interface StreamFacts {
  readonly id: string;
  /** The protocol that the operator configured for the listener. */
  readonly protocol: string;
  readonly client: Target;
  readonly server: Target;
}

/** A chunk that is shown to a plugin. */
export interface ShownChunk {
  readonly side: 'client' | 'server';
  readonly direction: 'ingress' | 'egress';
  readonly chunk: Uint8Array;
  readonly held: Uint8Array;
  readonly isEnd: boolean;
}

/** What to do with a chunk. If the plugin failed, this is `pass`, or `fail` for a guard. */
type ChunkAction = ResponseOf<typeof streamData>['action'] | { readonly kind: 'fail' };

/** One plugin in one stream: the version that was pinned at the start, and its state. */
export interface StreamLink {
  readonly name: string;
  readonly isGuard: boolean;
  /** Whether the plugin sees chunks from this side at this point. */
  sees(side: ShownChunk['side'], direction: ShownChunk['direction']): boolean;
  /** Shows a chunk. Both directions share one state, so calls wait for each other. Never rejects. */
  show(chunk: ShownChunk): Promise<ChunkAction>;
  /** Sends `stream_close` to the plugin and releases its version. Never rejects. */
  close(report: StreamEnd): Promise<void>;
}

/** How a stream ended. */
export interface StreamEnd {
  readonly reason: string;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
}

/** The plugins of a stream, or the reason why the stream does not open. */
export type LinksOpened =
  | { readonly ok: true; readonly links: readonly StreamLink[] }
  | { readonly ok: false; readonly reason: 'closed_by_plugin' | 'plugin_failed' };

/** Sends `stream_open` to every plugin that handles such streams, in order. Any of them can refuse the stream. */
export const openLinks = async (
  plugins: readonly InterceptPlugin[],
  facts: StreamFacts,
  limits: ProxyLimits,
  logger: Logger,
): Promise<LinksOpened> => {
  const links: StreamLink[] = [];
  for (const plugin of plugins) {
    const opened = await openLink(plugin, facts, limits, logger);
    if (typeof opened === 'object') links.push(opened);
    else if (opened !== 'skip') {
      await closeLinks(links, { reason: opened, bytesFromClient: 0, bytesFromServer: 0 });
      return { ok: false, reason: opened };
    }
  }
  return { ok: true, links };
};

/** Sends `stream_close` to all plugins of a stream and releases their versions. */
export const closeLinks = async (links: readonly StreamLink[], end: StreamEnd): Promise<void> => {
  await Promise.all(links.map(async (link) => await link.close(end)));
};

const openLink = async (
  plugin: InterceptPlugin,
  facts: StreamFacts,
  limits: ProxyLimits,
  logger: Logger,
): Promise<StreamLink | 'skip' | 'closed_by_plugin' | 'plugin_failed'> => {
  const options = { deadlineMs: limits.callMs, key: facts.id, fields: { stream_id: facts.id } };
  const version = pinPlugin(plugin);
  if (version === undefined) return plugin.isGuard ? 'plugin_failed' : 'skip';
  const info = await infoOf(version, options);
  if (!info.can_handle_tunnel || !knows(info, facts.protocol)) {
    version.release();
    return 'skip';
  }
  const outcome = await version.dispatch(contractsOf(plugin).streamOpen, facts, options);
  if (outcome.kind === 'ok' || lacksFunction(outcome)) {
    const response = outcome.kind === 'ok' ? outcome.response : undefined;
    if (response?.action.kind !== 'close')
      return createLink(plugin, version, info, facts, response?.state ?? NOTHING, limits, logger);
    version.release();
    return 'closed_by_plugin';
  }
  version.release();
  return outcome.policy === 'fail_request' ? 'plugin_failed' : 'skip';
};

const NOTHING: Uint8Array = new Uint8Array();

const knows = ({ protocols }: PluginInfo, protocol: string): boolean =>
  protocols.length === 0 || protocol === 'tcp' || protocols.includes(protocol);

const createLink = (
  plugin: InterceptPlugin,
  version: PinnedVersion,
  info: PluginInfo,
  { id }: StreamFacts,
  firstState: Uint8Array,
  limits: ProxyLimits,
  logger: Logger,
): StreamLink => {
  const { name } = plugin.handle;
  const contract = contractsOf(plugin).streamData;
  const options = { deadlineMs: limits.callMs, key: id, fields: { stream_id: id } };
  let state = firstState;
  let isOut = false;
  let turn: Promise<unknown> = Promise.resolve();

  /** Excludes the plugin from the rest of the stream, because it has missed a chunk. For a guard, the stream fails. */
  const leave = (what: string): ChunkAction => {
    logger.warn({ target: 'proxy', plugin: name, stream_id: id }, what);
    if (plugin.isGuard) return { kind: 'fail' };
    isOut = true;
    return { kind: 'pass' };
  };

  const ask = async ({ isEnd, ...shown }: ShownChunk): Promise<ChunkAction> => {
    if (isOut) return { kind: 'pass' };
    const outcome = await version.dispatch(contract, { id, ...shown, is_end: isEnd, state }, options);
    if (lacksFunction(outcome)) {
      isOut = true;
      return { kind: 'pass' };
    }
    if (outcome.kind === 'fallback') return leave('a plugin failed: it sees no more chunks of this stream');
    const { action, state: next } = outcome.response;
    if ((next?.length ?? 0) > limits.stateBytes)
      return leave('a plugin returned too much state: it sees no more chunks of this stream');
    state = next ?? state;
    return action;
  };

  return {
    name,
    isGuard: plugin.isGuard,
    sees: (side, direction) =>
      !isOut &&
      (info.side === 'any' || info.side === side) &&
      (info.direction === 'both' || info.direction === direction),
    show: async (chunk) => {
      const asked = turn.then(async () => await ask(chunk));
      turn = asked;
      return await asked;
    },
    close: async ({ reason, bytesFromClient, bytesFromServer }) => {
      await turn;
      const end = {
        id,
        reason,
        bytes_from_client: bytesFromClient,
        bytes_from_server: bytesFromServer,
        state,
      };
      await version.dispatch(streamClose, end, options);
      version.release();
    },
  };
};
