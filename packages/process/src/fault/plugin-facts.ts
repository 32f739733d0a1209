import type { WireFunction } from '@plugwire/wire';
import { guardedInterceptFunctions, interceptFunctions, type pluginInfo } from '@plugwire/wire/intercept';
import type { ResponseOf } from '@plugwire/wire';

import type { Capabilities, Info } from './plugin-service.ts';

/** What `plugin_info` answers. */
type PluginInfo = ResponseOf<typeof pluginInfo>;

/** What a plugin has said of itself. */
export interface PluginFacts {
  readonly info: PluginInfo;
  /** Fit for logs and metrics. */
  readonly version: string;
}

const EGRESS = 1;
const SIDES = ['client', 'server'] as const;
const PROTOCOLS = ['none', 'http', 'https', 'postgresql'] as const;
const POSTGRESQL = 3;
/** A version as a module may have it. */
const VERSION = /^[\x21-\x7e]{1,32}$/;

/**
 * Reads what a plugin says of itself as fault itself takes it: a plugin for a protocol of streams sees streams, whatever `can_handle_tunnel` says, and
 * one that does not say `EGRESS` sees both directions. The plugins of fault's guide rely on that. See RATIONALE.md.
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
/** Contracts are told by what they are: another one of the same name is not served. */
const SERVED: ReadonlySet<WireFunction> = new Set<WireFunction>([
  ...interceptFunctions,
  ...guardedInterceptFunctions,
]);

/** The contracts of a host that a plugin serves; all of them as long as nobody knows what it can do. */
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
