/**
 * The one file that reaches past the runtime's public entry: for the real modules of its tests, and for guests without
 * metering, which no public option gives.
 *
 * @module
 */
export {
  LIBRARY_LIMITS,
  meterEverything,
} from '../../packages/runtime/dist/metering/testing/metered-engine.js';
export { REAL_MODULES } from '../../packages/runtime/dist/metering/testing/real-modules.js';
export { meterModule } from '../../packages/runtime/dist/metering/meter-module.js';
