/**
 * Operates plugins in production: stable names for changing versions, swaps without lost calls, rollbacks, canaries, chains, health, a
 * configuration file and a registry.
 *
 * @module
 */
export {
  type AsyncChain,
  type AsyncChainLink,
  type Chain,
  type ChainLink,
  type ChainOutcome,
  createChain,
  type LinkOutcome,
} from './chain/create-chain.ts';
export {
  createOperator,
  type Operator,
  type OperatorHealth,
  type OperatorOptions,
} from './operator/create-operator.ts';
export type {
  CanaryHealth,
  CanaryOptions,
  DisableOptions,
  Dispatches,
  FailureReport,
  HandleDispatchOptions,
  HandleHealth,
  PinnedVersion,
  PluginHandle,
  SwapOptions,
  SwapReport,
  VersionFacts,
  VersionSource,
} from './handle/plugin-handle.ts';
export type { ReplaySettings, ReplayTotals } from './handle/check-replay.ts';
export type { FunctionExplanation, StageExplanation } from './operator/explain.ts';
export { DRAIN_MS } from './handle/version.ts';
export { OPERATE_CODES, type OperateCode, OperateError } from './base/operate-error.ts';
export {
  applyConfig,
  type ApplyFailure,
  type ApplyOptions,
  type ApplyReport,
} from './config/apply-config.ts';
export type { HostForm, HostForms } from './config/check-hosts.ts';
export { CONFIG_CODES, type ConfigCode, ConfigError, type ConfigIssue } from './config/config-error.ts';
export { createHostPlugins, type HostPlugins } from './config/host-plugins.ts';
export { type PlannedChange, planConfig } from './config/plan-config.ts';
export type { HostConfig, PluginConfig, PlugwireConfig } from './config/plugwire-config.ts';
export { DEFAULT_CONFIG_FILE, findConfigFile, parseConfigText, readConfig } from './config/read-config.ts';
export { type ConfigWatch, watchConfig, type WatchOptions } from './config/watch-config.ts';
export {
  openRegistry,
  type Registration,
  type Registry,
  type RegistryOptions,
} from './registry/open-registry.ts';
export { writeAtomically } from './registry/write-atomically.ts';
export { REGISTRY_VERSION, type RegistryRecord } from './registry/registry-record.ts';
