/**
 * The only file that imports past the runtime's public entry: for the real modules of its tests, and for guests without
 * metering, which no public option provides.
 *
 * @module
 */
export { countEverything } from '../../packages/runtime/dist/metering/testing/counted-engine.js';
export {
  LIBRARY_LIMITS,
  meterEverything,
} from '../../packages/runtime/dist/metering/testing/metered-engine.js';
export { REAL_MODULES } from '../../packages/runtime/dist/metering/testing/real-modules.js';
export { meterModule } from '../../packages/runtime/dist/metering/meter-module.js';
export { createFuelHook } from '../../packages/runtime/dist/metering/fuel-hook.js';
export { METERED_EXPORTS } from '../../packages/runtime/dist/metering/reserved-names.js';
export { resolveLimits } from '../../packages/runtime/dist/base/limits.js';
export { guardSources } from '../../packages/runtime/dist/host-functions/host-sources.js';
export { PROTOCOL_FUNCTIONS } from '../../packages/runtime/dist/host-functions/protocol-functions.js';
export { checkHostFunctions } from '../../packages/runtime/dist/sandbox/imports/host-function.js';
export { SILENT_LOG } from '../../packages/runtime/dist/observe/guest-log.js';
export { createHostMetrics } from '../../packages/runtime/dist/observe/host-metrics.js';
export { createPlugin } from '../../packages/runtime/dist/plugin/plugin.js';
export { openSlotRecords } from '../../packages/runtime/dist/plugin/slot-records.js';
export { createBreaker } from '../../packages/runtime/dist/breaker/breaker.js';
export { createLinkers } from '../../packages/runtime/dist/sandbox/instance/create-linkers.js';
export { createGuestInstance } from '../../packages/runtime/dist/sandbox/instance/guest-instance.js';
export { createGuestService } from '../../packages/runtime/dist/sandbox/guest-service.js';
export { createMeter, sliceFor } from '../../packages/runtime/dist/sandbox/instance/meter.js';
