import type { HostConfig, Operator, PluginHandle } from '@plugwire/operate';
import { readToolchainPlugin } from '@plugwire/pdk-fixtures';

import { hostWith, ROLES } from '../balancer-plugins.ts';

/** Reads the plugin with all seven functions, written in AssemblyScript. */
export const readHealthyPlugin = (): Uint8Array<ArrayBuffer> =>
  readToolchainPlugin('load-balancer-assemblyscript');

/** Opens a name of the operator, and loads the healthy plugin under it. */
export const openHealthyPlugin = async (operator: Operator, name = 'healthy'): Promise<PluginHandle> => {
  const handle = operator.open(name);
  await handle.swap(readHealthyPlugin());
  return handle;
};

/** One plugin in every role of the balancer. */
export const inEveryRole = (name: string): HostConfig =>
  hostWith(Object.fromEntries(ROLES.map((role) => [role, name])));
