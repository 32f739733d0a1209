import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import type { Plugin, PluginHost } from '@plugwire/runtime';

import { type ChainPlugins, ROLES } from '../chain.ts';

/** Loads the plugin that has all seven functions, written in AssemblyScript. */
export const loadHealthyPlugin = async (host: PluginHost, name = 'healthy'): Promise<Plugin> =>
  await host.load(readToolchainPlugin('load-balancer-assemblyscript'), { name });

/** One plugin in every role of the chain. */
export const inEveryRole = (plugin: Plugin): ChainPlugins =>
  Object.fromEntries(ROLES.map((role) => [role, plugin]));
