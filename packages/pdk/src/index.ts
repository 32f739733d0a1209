/**
 * Generates kits for plugin authors from the description of contracts.
 *
 * @module
 */
export { generateKit, generateProject, kitFolder } from './generate/generate-kit.ts';
export { LANGUAGES, type Language } from './base/language.ts';
export type { KitFile } from './kit/kit.ts';
export { PDK_CODES, type PdkCode, PdkError } from './base/pdk-error.ts';
export type { PluginPlan } from './plan/kit-plan.ts';
export type { KitOptions } from './plan/plan-kit.ts';
export {
  MANIFEST_FILE,
  type PluginManifest,
  readManifest,
  writeManifest,
} from './generate/plugin-manifest.ts';
