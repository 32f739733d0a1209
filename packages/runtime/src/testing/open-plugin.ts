import { buildPlugin, type PluginDescription } from '@plugwire/pdk-fixtures';
import { afterEach } from 'vitest';

import {
  createPluginHost,
  type LoadOptions,
  type PluginHost,
  type PluginHostOptions,
} from '../plugin-host.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { PATIENT_MS } from './patient.ts';

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

/** A host with a patient deadline, that is closed, and its plugins with it, when the test ends. */
export const openHost = (options: PluginHostOptions): PluginHost => {
  const { limits = {} } = options;
  const host = createPluginHost({ ...options, limits: { deadlineMs: PATIENT_MS, ...limits } });
  hosts.push(host);
  return host;
};

/** A plugin of this description, in a host of its own. */
export const openPlugin = async (
  description: PluginDescription,
  hostOptions: PluginHostOptions,
  loadOptions: LoadOptions = {},
): Promise<Plugin> => await openHost(hostOptions).load(await buildPlugin(description), loadOptions);
