import { buildPlugin, type PluginDescription } from '@plugwire/pdk-fixtures';
import { afterEach } from 'vitest';

import type { LoadOptions } from '../load/load-options.ts';
import { createPluginHost, type PluginHost, type PluginHostOptions } from '../host/plugin-host.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { PATIENT_LIMITS } from './patient-limits.ts';

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

/** Creates a host with long deadlines. The host and its plugins are closed when the test ends. */
export const openHost = (options: PluginHostOptions): PluginHost => {
  const host = createPluginHost({ ...options, limits: { ...PATIENT_LIMITS, ...options.limits } });
  hosts.push(host);
  return host;
};

/** Loads a plugin with this description in a separate host. */
export const openPlugin = async (
  description: PluginDescription,
  hostOptions: PluginHostOptions,
  loadOptions: LoadOptions = {},
): Promise<Plugin> => await openHost(hostOptions).load(await buildPlugin(description), loadOptions);
