/**
 * Helpers for the tests of your host: plugins in one line, failures on purpose, spies, and matchers for vitest.
 *
 * @module
 */
export {
  openTestPlugin,
  type TestPlugin,
  type TestPluginOptions,
  type TestPluginSource,
} from './plugins/open-test-plugin.ts';
export type { PreparedPlugin } from './plugins/prepared-plugin.ts';
export {
  answeringPlugin,
  type AnsweringPluginOptions,
  type PluginNaming,
  samplePlugin,
} from './plugins/answering-plugin.ts';
export { PLUGIN_FAILURES, type PluginFailure } from './failures/plugin-failures.ts';
export {
  failingPlugin,
  type FailingPlugin,
  type FailingPluginArguments,
  type FailingPluginOptions,
} from './failures/failing-plugin.ts';
export { type ContractFailure, failuresOf } from './failures/failures-of.ts';
export { failingRequest, REQUEST_STAGES, type RequestStage } from './failures/failing-request.ts';
export {
  callHostFunction,
  type CallHostFunctionOptions,
  type HostCallOutcome,
} from './plugins/call-host-function.ts';
export { generatedRequests, generatedResponses, hostileRequests } from './plugins/generated-messages.ts';
export { sampleRequest } from './plugins/sample-message.ts';
export { measure, type Measured } from './measure/measure.ts';
export { type CallSpy, createCallSpy, type SentCall } from './spies/call-spy.ts';
export { createLogSpy, type LogFilter, type LogLine, type LogSpy } from './spies/log-spy.ts';
export { createMetricSpy, type FallbackCount, type MetricName, type MetricSpy } from './spies/metric-spy.ts';
export { findLeaks, type Leak, type LeakOptions, type LeakPlaces } from './leaks/find-leaks.ts';
export { LEAK_FORMS, type LeakForm } from './leaks/secret-forms.ts';
export { matchers } from './matchers/matchers.ts';
export type { Budget } from './matchers/to-stay-within.ts';
