/**
 * Plugins for tests: a builder that creates one from a short description, and a fixture for each behaviour.
 *
 * @module
 */
export { buildPlugin, identityText } from './build/build-plugin.ts';
export type {
  AcceptOverride,
  FunctionDescription,
  IdentityPayload,
  PluginDescription,
} from './build/plugin-description.ts';
export { behave } from './behave/behave.ts';
export type { Behaviour, GuestWriter } from './behave/behaviour.ts';
export type { CountKeeper } from './behave/answers.ts';
export {
  BAD_HANDLE_KINDS,
  TRAP_KINDS,
  type BadHandleKind,
  type ExhaustAnswers,
  type TrapKind,
} from './behave/faults.ts';
export {
  GUEST_LOG_LEVELS,
  type GuestLogLevel,
  type HostArgument,
  type HostCall,
  type WasmValueType,
} from './behave/host-calls.ts';
export { buildFixture, FIXTURE_NAMES, fixtures, type FixtureName } from './fixtures/fixtures.ts';
export { appendCustomSections, type CustomSection } from './build/custom-section.ts';
export { compileWat } from './build/compile-wat.ts';
export {
  readToolchainPlugin,
  TOOLCHAIN_PLUGINS,
  toolchainPluginUrl,
  type ToolchainPluginName,
} from './toolchain/toolchain-plugins.ts';
