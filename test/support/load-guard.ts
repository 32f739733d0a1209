import type { LoadOptions, Plugin, PluginHostOptions } from '@plugwire/runtime';
import { filter, loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import type { GUARDS } from './balancer-plugins.ts';
import { loadToolchainPlugin, responseOf } from './load-toolchain-plugin.ts';

/** The plugin that uses host functions, as its operator calls it: the scope of its store. */
export const GUARD = 'guard';

/** What each switch of its configuration needs. */
export const GUARD_NEEDS = [
  ['requests_per_second', '10', ['storage', 'clock']],
  ['sign_once', 'true', ['clock', 'random']],
  ['count_events', 'true', ['metrics']],
  ['log_errors', 'true', ['log']],
] as const satisfies readonly (readonly [key: string, value: string, capabilities: readonly string[]])[];

/** Loads one of the guards into a host of its own. */
export const loadGuard = async (
  plugin: (typeof GUARDS)[number],
  config: Record<string, string>,
  capabilities: LoadOptions['capabilities'] & {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> =>
  await loadToolchainPlugin(
    plugin,
    loadBalancerFunctions,
    { name: GUARD, config, capabilities },
    hostOptions,
  );

const UPSTREAM_ID = '00000000-0000-4000-8000-000000000001';
const CANDIDATE = {
  upstream_id: UPSTREAM_ID,
  name: 'one',
  kind: 'anthropic_direct',
  observed_rate_limits: [],
  subscription_quotas: [],
  observed_at_unix_secs: 1,
};

/** A request of a principal for one upstream, or for none. */
export const filterRequestOf = (principalId: string, candidates = [CANDIDATE]) => ({
  request_id: 'r-1',
  headers: [],
  method: 'GET',
  path: '/',
  query: null,
  body_base64: '',
  principal: { id: principalId, kind: 'user', claims: {} },
  candidates,
});

/** Whether a plugin lets a request of a principal through. */
export const letsThrough = (plugin: Plugin, principalId = 'ada'): boolean =>
  responseOf(plugin.dispatchSync(filter, filterRequestOf(principalId))).results.some(
    ({ decision }) => decision === 'accept',
  );

/** How many of so many requests a plugin lets through. */
export const countThrough = (plugin: Plugin, requests: number, principalId = 'ada'): number =>
  Array.from({ length: requests }, () => letsThrough(plugin, principalId)).filter(Boolean).length;
