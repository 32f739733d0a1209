/**
 * Kits for plugin authors, generated from the description of a contract.
 *
 * @module
 */
export { generateKit, generateProject, kitFolder } from './generate-kit.ts';
export { LANGUAGES, type KitFile, type Language } from './kit.ts';
export { PDK_CODES, type PdkCode, PdkError } from './pdk-error.ts';
export type { PluginPlan } from './plan/kit-plan.ts';
export type { KitOptions } from './plan/plan-kit.ts';
export { MANIFEST_FILE, type PluginManifest, readManifest, writeManifest } from './plugin-manifest.ts';
