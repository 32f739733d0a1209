/**
 * The stages at which a dispatch can fail, in the order of a call (protocol §4), each with its codes. The list is closed.
 * `@plugwire/runtime` adds the sandbox's codes to `plugin_call`. The codes listed here for `plugin_call` also occur outside a sandbox: a
 * message can take too long to read (`deadline`), and a plugin can be missing, disabled, or unable to answer synchronously.
 */
export const STAGE_CODES = {
  version_lookup: ['not_registered', 'not_negotiated'],
  request_envelope: [
    'not_an_object',
    'schema_mismatch',
    'too_deep',
    'proto_key',
    'unreadable',
    'adapter_threw',
    'adapter_mismatch',
  ],
  serialize_request: ['codec_threw', 'not_serializable'],
  plugin_call: ['deadline', 'not_loaded', 'disabled', 'not_synchronous'],
  deserialize_response: ['empty_output', 'not_utf8', 'not_json', 'not_protobuf'],
  response_envelope: ['not_an_object', 'version_missing', 'version_invalid', 'version_mismatch'],
  response_decode: [
    'inexact_number',
    'schema_mismatch',
    'too_deep',
    'proto_key',
    'codec_threw',
    'adapter_threw',
    'adapter_mismatch',
  ],
  panic: ['unexpected'],
} as const;

/** One of {@link DISPATCH_STAGES}. */
export type DispatchStage = keyof typeof STAGE_CODES;

/** The stages, in the order of a call. */
export const DISPATCH_STAGES = Object.keys(STAGE_CODES) as readonly DispatchStage[];

/** One of the codes in {@link STAGE_CODES}. `@plugwire/runtime` adds those of the sandbox. */
export type ContractCode = (typeof STAGE_CODES)[DispatchStage][number];

/** Why a step of a dispatch failed. `message` never contains payload. */
export interface StageFailure {
  readonly ok: false;
  readonly stage: DispatchStage;
  readonly code: ContractCode;
  readonly message: string;
}

/** Creates a {@link StageFailure}. The types allow only the codes of the stage. */
export const stageFailure = <Stage extends DispatchStage>(
  stage: Stage,
  code: (typeof STAGE_CODES)[Stage][number],
  message: string,
): StageFailure => ({ ok: false, stage, code, message });
