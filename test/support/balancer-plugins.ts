import type { ToolchainPluginName } from '@plugwire/pdk-fixtures';

/** The balancer plugins that have all seven functions. */
export const BALANCERS = [
  'load-balancer-assemblyscript',
  'load-balancer-go',
  'load-balancer-rust',
] as const satisfies ToolchainPluginName[];

/** Those that have at least `filter`, `shape` and `sign`. */
export const SIGNING_BALANCERS = [...BALANCERS, 'load-balancer-c'] as const satisfies ToolchainPluginName[];

/** The balancer plugins with host functions. */
export const GUARDS = [
  'guard-assemblyscript',
  'guard-go',
  'guard-rust',
] as const satisfies ToolchainPluginName[];
