import { ACCEPT_CODES, IDENTITY_CODES, SELF_CHECK_CODES } from '@plugwire/wire';

import { METERING_CODES } from '../metering/refusal.ts';
import { CALL_CODES } from './call-result.ts';

/** The stages of a load in order, each with its codes. Codes may be added, but are never renamed. docs/errors.md explains each. */
export const LOAD_CODES = {
  read: [
    'not_found',
    'not_a_file',
    'unreadable',
    'hash_mismatch',
    'not_executable',
    'wrong_architecture',
    'no_interpreter',
  ],
  identity: [
    'not_wasm',
    'section_missing',
    'section_twice',
    'section_too_large',
    ...IDENTITY_CODES,
    'name_in_use',
    'name_required',
  ],
  compile: [...METERING_CODES, 'wasi_disabled', 'load_thread_ended'],
  instantiate: [
    'import_unknown',
    'import_mismatch',
    'import_circular',
    'initialiser_mismatch',
    'instantiation_failed',
    'extism_incompatible',
    'storage_not_opened',
    'start_failed',
    'start_timeout',
    ...CALL_CODES,
  ],
  handshake: [
    'export_missing',
    ...CALL_CODES,
    'empty_output',
    'not_utf8',
    ...ACCEPT_CODES,
    'function_not_exported',
    'function_not_declared',
    'no_common_function',
    'handshake_line',
    'core_version',
    'app_version',
    'network_unknown',
    'protocol_unknown',
    'bad_certificate',
    'tls_required',
    'not_multiplexed',
  ],
  self_check: [
    'export_missing',
    ...CALL_CODES,
    'empty_output',
    'not_utf8',
    ...SELF_CHECK_CODES,
    'not_serving',
  ],
} as const;

/** One of {@link LOAD_STAGES}. */
export type LoadStage = keyof typeof LOAD_CODES;
/** A code of any stage in {@link LOAD_CODES}; docs/errors.md says what to do about each. */
export type LoadCode<Stage extends LoadStage = LoadStage> = (typeof LOAD_CODES)[Stage][number];

/** The stages alone, in the order of a load. */
export const LOAD_STAGES = Object.keys(LOAD_CODES) as readonly LoadStage[];

/**
 * The error with which a load rejects if the plugin is refused. Match on `stage` and `code`. The message says what was seen, what was
 * expected and what to do. It contains text of the plugin only if that has the form of a name.
 */
export class PluginLoadError extends Error {
  override readonly name = 'PluginLoadError';
  readonly stage: LoadStage;
  readonly code: LoadCode;

  constructor(stage: LoadStage, code: LoadCode, message: string, options?: ErrorOptions) {
    super(`${stage}/${code}: ${message}`, options);
    this.stage = stage;
    this.code = code;
  }
}

/** Creates a {@link PluginLoadError} whose code belongs to its stage. */
export const loadError = <Stage extends LoadStage>(
  stage: Stage,
  code: LoadCode<Stage>,
  message: string,
  options?: ErrorOptions,
): PluginLoadError => new PluginLoadError(stage, code, message, options);
