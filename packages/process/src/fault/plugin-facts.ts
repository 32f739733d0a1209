import type { WireFunction } from '@plugwire/wire';
import { guardedInterceptFunctions, interceptFunctions, type pluginInfo } from '@plugwire/wire/intercept';
import type { ResponseOf } from '@plugwire/wire';

import type { Capabilities, Info } from './plugin-service.ts';

/** The response of `plugin_info`. */
type PluginInfo = ResponseOf<typeof pluginInfo>;

/** What a plugin has reported about itself. */
export interface PluginFacts {
  readonly info: PluginInfo;
  /** The version, in a form that is safe for logs and metrics. */
  readonly version: string;
}

const EGRESS = 1;
const SIDES = ['client', 'server'] as const;
const PROTOCOLS = ['none', 'http', 'https', 'postgresql'] as const;
const POSTGRESQL = 3;
/** The format of a version, the same as for modules. */
const VERSION = /^[\x21-\x7e]{1,32}$/;

/**
 * Interprets what a plugin reports about itself in the same way as fault. A plugin for a stream protocol receives streams, even if
 * `can_handle_tunnel` is false. A plugin receives both directions unless it reports `EGRESS`. The plugins of fault's guide rely on this. See
 * RATIONALE.md.
 */
export const readFacts = (
  { name, version, author, url, platform, direction, side }: Info,
  { can_handle_http_forward, can_handle_tunnel, protocols }: Capabilities,
): PluginFacts => {
  const known = [...new Set(protocols)].filter((number) => number !== 0);
  return {
    info: {
      name,
      version,
      author,
      url,
      platform,
      direction: direction === EGRESS ? 'egress' : 'both',
      side: SIDES[side] ?? 'any',
      protocols: known.map((number) => PROTOCOLS[number] ?? `protocol_${number}`),
      can_handle_http_forward,
      can_handle_tunnel: can_handle_tunnel || known.includes(POSTGRESQL),
    },
    version: VERSION.test(version) ? version : '0.0.0',
  };
};

const OF_HTTP: ReadonlySet<string> = new Set(['http_request', 'http_response']);
const OF_STREAMS: ReadonlySet<string> = new Set(['stream_open', 'stream_data', 'stream_close']);
/** Contracts are compared by identity: another contract with the same name is not served. */
const SERVED: ReadonlySet<WireFunction> = new Set<WireFunction>([
  ...interceptFunctions,
  ...guardedInterceptFunctions,
]);

/** Returns the contracts that a plugin serves. Returns all of them while the capabilities of the plugin are unknown. */
export const servedBy = (
  functions: readonly { readonly contract: WireFunction }[],
  facts: PluginFacts | undefined,
): ReadonlyMap<WireFunction, number> => {
  const { can_handle_http_forward: http, can_handle_tunnel: tunnel } = facts?.info ?? ALL;
  const serves = ({ name }: WireFunction): boolean =>
    OF_HTTP.has(name) ? http : OF_STREAMS.has(name) ? tunnel : true;
  const served = functions.map(({ contract }) => contract).filter((each) => SERVED.has(each) && serves(each));
  return new Map(served.map((contract) => [contract, 1]));
};

const ALL = { can_handle_http_forward: true, can_handle_tunnel: true };
