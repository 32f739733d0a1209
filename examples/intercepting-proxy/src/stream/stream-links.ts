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

/** What is known of a stream before its first byte. */
export interface StreamFacts {
  readonly id: string;
  /** What the operator says is in it. */
  readonly protocol: string;
  readonly client: Target;
  readonly server: Target;
}

/** A chunk on its way past a plugin. */
export interface ShownChunk {
  readonly side: 'client' | 'server';
  readonly direction: 'ingress' | 'egress';
  readonly chunk: Uint8Array;
  readonly held: Uint8Array;
  readonly isEnd: boolean;
}

/** What a plugin says to a chunk; `pass` also where it failed and is skipped, `fail` where it must not be. */
type ChunkAction = ResponseOf<typeof streamData>['action'] | { readonly kind: 'fail' };

/** One plugin and one stream: the version of the plugin that was there at the start, and what it keeps. */
export interface StreamLink {
  readonly name: string;
  readonly isGuard: boolean;
  /** Whether it sees chunks of this side at this time. */
  sees(side: ShownChunk['side'], direction: ShownChunk['direction']): boolean;
  /** Shows a chunk. Both directions share one state, so one chunk waits for the other. Never rejects. */
  show(chunk: ShownChunk): Promise<ChunkAction>;
  /** Tells it that the stream is over, and lets it go. Never rejects. */
  close(report: StreamEnd): Promise<void>;
}

/** How a stream ended. */
export interface StreamEnd {
  readonly reason: string;
  readonly bytesFromClient: number;
  readonly bytesFromServer: number;
}

/** The plugins of a stream, or why it does not open. */
export type LinksOpened =
  | { readonly ok: true; readonly links: readonly StreamLink[] }
  | { readonly ok: false; readonly reason: 'closed_by_plugin' | 'plugin_failed' };

/** Asks every plugin that is for such streams, in order, whether it may open. */
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

/** Tells all of them that a stream is over. */
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

  /** What holds from now on: it has missed a piece. */
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
    if (outcome.kind === 'fallback') return leave('a plugin failed and sees no more of a stream');
    const { action, state: next } = outcome.response;
    if ((next?.length ?? 0) > limits.stateBytes)
      return leave('a plugin wants to keep too much and sees no more of a stream');
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
