import type { LoadOptions, Plugin, PluginHostOptions } from '@plugwire/runtime';
import { filter, loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import type { RequestOf } from '@plugwire/wire';

import { loadToolchainPlugin, responseOf } from './load-toolchain-plugin.ts';

/** The operator's name for the plugin with cc-lb's crates. It is the scope of its store. */
export const CC_LB = 'cc-lb';

export const loadCcLbRust = async (
  config: Record<string, string> = {},
  capabilities: LoadOptions['capabilities'] & {} = [],
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> =>
  await loadToolchainPlugin(
    'cc-lb-rust',
    loadBalancerFunctions,
    { name: CC_LB, config, capabilities },
    hostOptions,
  );

type FilterRequest = RequestOf<typeof filter>;
type Candidate = FilterRequest['candidates'][number];

/** Creates a candidate upstream without observed problems. */
export const candidate = (upstreamId: string, more: Partial<Candidate> = {}): Candidate => ({
  upstream_id: upstreamId,
  name: `upstream ${upstreamId}`,
  kind: 'anthropic_api_key',
  observed_rate_limits: [],
  subscription_quotas: [],
  observed_at_unix_secs: 1_700_000_000,
  ...more,
});

/** Creates a request with one candidate, whose id is `one`. */
export const filterRequest = (more: Partial<FilterRequest> = {}): FilterRequest => ({
  request_id: 'r-1',
  headers: [],
  method: 'POST',
  path: '/v1/messages',
  query: null,
  body_base64: '',
  principal: { id: 'ada', kind: 'user', claims: {} },
  candidates: [candidate('one')],
  ...more,
});

/** Returns the decisions of `filter` as `<id> <decision>: <reason>`. */
export const decisionsOf = (plugin: Plugin, more: Partial<FilterRequest> = {}): string[] =>
  responseOf(plugin.dispatchSync(filter, filterRequest(more))).results.map(
    ({ upstream_id: id, decision, reason }) => `${id} ${decision}: ${reason}`,
  );
