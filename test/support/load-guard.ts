import type { LoadOptions, Plugin, PluginHostOptions } from '@plugwire/runtime';
import { filter, loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import type { GUARDS } from './balancer-plugins.ts';
import { loadToolchainPlugin, responseOf } from './load-toolchain-plugin.ts';

/** The operator's name for the plugin that uses host functions. It is the scope of its store. */
export const GUARD = 'guard';

/** The capability that each switch of its configuration needs. */
export const GUARD_NEEDS = [
  ['requests_per_second', '10', ['storage', 'clock']],
  ['sign_once', 'true', ['clock', 'random']],
  ['count_events', 'true', ['metrics']],
  ['log_errors', 'true', ['log']],
] as const satisfies readonly (readonly [key: string, value: string, capabilities: readonly string[]])[];

/** Loads one of the guards into a separate host. */
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

/** Creates a request of a principal. By default it has one candidate. */
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

/** Returns whether a plugin accepts a request of a principal. */
export const letsThrough = (plugin: Plugin, principalId = 'ada'): boolean =>
  responseOf(plugin.dispatchSync(filter, filterRequestOf(principalId))).results.some(
    ({ decision }) => decision === 'accept',
  );

/** Sends a number of requests and returns how many the plugin accepts. */
export const countThrough = (plugin: Plugin, requests: number, principalId = 'ada'): number =>
  Array.from({ length: requests }, () => letsThrough(plugin, principalId)).filter(Boolean).length;
