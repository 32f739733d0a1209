import type { ToolchainPluginName } from '@plugwire/pdk-fixtures';

/** The same plugins in several languages, each written with the kit of its language. A plugin of another language adds its name. */
export const GREETERS = [
  'greet-assemblyscript',
  'greet-c',
  'greet-go',
  'greet-rust',
] as const satisfies ToolchainPluginName[];

/** The balancer plugins, with all seven functions. */
export const BALANCERS = [
  'load-balancer-assemblyscript',
  'load-balancer-c',
  'load-balancer-go',
  'load-balancer-rust',
] as const satisfies ToolchainPluginName[];

/** The balancer plugins with host functions. */
export const GUARDS = [
  'guard-assemblyscript',
  'guard-c',
  'guard-go',
  'guard-rust',
] as const satisfies ToolchainPluginName[];
