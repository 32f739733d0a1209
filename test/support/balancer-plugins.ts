import type { ToolchainPluginName } from '@plugwire/pdk-fixtures';

/** The same plugin in several languages, each written with the kit of its language. Add the name of a plugin in another language here. */
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
