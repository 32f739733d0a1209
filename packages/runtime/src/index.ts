/**
 * The host side of Plugwire. A host loads a plugin and dispatches requests to it. Loading has these steps: read the bytes, read the identity,
 * compile the modules, link them into a sandbox, perform the handshake, run the self-check. ARCHITECTURE.md describes one call file by file.
 *
 * @module
 */
// oxlint-disable-next-line import/no-unassigned-import -- it declares global types and is empty at run time
import './base/web-assembly-types.ts';

export { createPluginHost, type PluginHost, type PluginHostOptions } from './host/plugin-host.ts';
export type { PluginSlot } from './host/plugin-slot.ts';
export type { LoadOptions } from './load/load-options.ts';
export type { ModuleSource, NamedModuleSource, PluginSource } from './modules/read-source.ts';
export type { WasiSettings } from './wasi/parse-wasi.ts';
export { readIdentity } from './modules/read-identity.ts';
export { describeModule } from './describe/describe-module.ts';
export {
  type ExportDescription,
  type IdentityDescription,
  type ImportDescription,
  type ImportProvider,
  type LimitsDescription,
  type MeteringDescription,
  type ModuleDescribed,
  type ModuleDescription,
  type ProducerDescription,
  type SectionDescription,
  WASM_FEATURES,
  type WasmFeature,
} from './describe/module-description.ts';
export { listSections, type WasmSection } from './prepare/wasm-sections.ts';
export {
  LOAD_CODES,
  LOAD_STAGES,
  loadError,
  PluginLoadError,
  type LoadCode,
  type LoadStage,
} from './outcomes/load-error.ts';
export {
  LIMITS,
  type CallLimits,
  type LimitOptions,
  type PluginLimits,
  type ResolvedLimits,
} from './base/limits.ts';
export { createBreaker, type Breaker, type BreakerOptions, type BreakerState } from './breaker/breaker.ts';
export { BREAKER_LIMITS, type BreakerLimits } from './breaker/breaker-limits.ts';
export type { GuestUsage } from './outcomes/guest-usage.ts';
export { INSTANCE_MODES, type InstanceMode } from './sandbox/guest-service.ts';
export {
  createSandbox,
  type Sandbox,
  type SandboxOptions,
  type SandboxSource,
} from './sandbox/create-sandbox.ts';
export type { ExtismManifest, ManifestModule } from './sandbox/parse-manifest.ts';
export { SandboxError } from './outcomes/sandbox-error.ts';
export { callError } from './plugin/attempt.ts';
export { CALL_CODES, type CallCode } from './outcomes/call-result.ts';
export { describeHostFunctions, isHostFunction } from './host-functions/describe-host-functions.ts';
export {
  defineHostFunction,
  type HostFunction,
  type HostFunctionOptions,
} from './host-functions/define-host-function.ts';
export { HostFunctionError } from './host-functions/host-function-error.ts';
export { ERROR_MODES, type ErrorMode, type HostCaller } from './host-functions/host-function-body.ts';
export {
  PARAMETER_KINDS,
  RESULT_KINDS,
  type ParameterKind,
  type ParameterType,
  type ResultKind,
  type ResultType,
  type ValueOf,
} from './host-functions/wasm-values.ts';
export {
  NUMBER_BLOCK_KINDS,
  numberBlockBytes,
  type NumberBlockKind,
  type NumberBlockValue,
} from './host-functions/number-blocks.ts';
export {
  defineRecording,
  type HostCallValues,
  type RecordingOptions,
  type RecordingRule,
  type Redactor,
} from './recording/define-recording.ts';
export { formatRecordings, parseRecordings } from './recording/recording-text.ts';
export {
  RECORDING_VERSION,
  type RecordedCall,
  type RecordedHostCall,
  type RecordedOutcome,
  type Recording,
  type RecordingHeader,
  type SkippedCalls,
} from './recording/recording.ts';
export { type DifferenceGroup, groupDifferences } from './recording/group-differences.ts';
export {
  ANSWER_COMPARISONS,
  type AnswerComparison,
  type ReplayDifference,
  type ReplayOptions,
  type ReplayReport,
} from './recording/replay-calls.ts';
export type { HostSources } from './host-functions/host-sources.ts';
export { PROTOCOL_FUNCTIONS } from './host-functions/protocol-functions.ts';
export { hashOffer } from './load/handshake.ts';
export type { Plugin } from './plugin/plugin.ts';
export type { PingResult, PluginHealth, ServingPlugin } from './plugin/serving-plugin.ts';
export {
  type Carrier,
  type CarrierAnswer,
  type CarrierCall,
  type CarrierContext,
  type CarrierFactory,
  type CarrierSource,
  isCarrierSource,
  type OpenCarrier,
} from './carrier/carrier.ts';
export type { RecentDispatches } from './plugin/slot-records.ts';
export type { AbsentPlugin } from './plugin/absent-plugin.ts';
export type { Dispatch, DispatchSync, OnlyUnknown } from './plugin/dispatch-function.ts';
export type { DispatchOptions } from './plugin/dispatch-target.ts';
export {
  ABSENCES,
  type Absence,
  type DispatchError,
  type DispatchOutcome,
} from './outcomes/dispatch-outcome.ts';
export { DURATION_BUCKETS } from './observe/duration-histogram.ts';
export { CHANNELS } from './observe/channels.ts';
export { METRICS } from './observe/host-metrics.ts';
export { LOG_LEVELS, LOG_TARGETS, writeLog, type HostLogger, type LogLevel } from './observe/logger.ts';
export type { GuestWords } from './observe/guest-log.ts';
export type { MetricRegistry } from './observe/metric-family.ts';
export { checkOptions } from './base/check-options.ts';
export { createMemoryStorage, type MemoryStorageOptions } from './storage/create-memory-storage.ts';
export {
  PUT_RESULTS,
  type PluginStorage,
  type PluginStore,
  type PluginStoreOptions,
  type PutResult,
} from './storage/plugin-storage.ts';
export {
  checkStoreOptions,
  maxStorageEntries,
  STORAGE_LIMITS,
  storageClosed,
  storageEntryOverhead,
  storageKeyBytes,
} from './storage/storage-limits.ts';
export { PlugwireUsageError, USAGE_CODES, type UsageCode } from '@plugwire/wire';
