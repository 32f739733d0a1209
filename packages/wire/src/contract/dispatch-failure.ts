/**
 * The stages at which a dispatch can fail, in the order of a call (protocol §4), each with the codes that `@plugwire/wire`
 * gives at it. Closed. `@plugwire/runtime` adds the sandbox's codes to `plugin_call`; `deadline` is here because a message can also take
 * too long to read, and the other two because they are nothing that a sandbox can see.
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

/** The stages alone, in the order of a call. */
export const DISPATCH_STAGES = Object.keys(STAGE_CODES) as readonly DispatchStage[];

/** The codes that contracts give; `@plugwire/runtime` adds those of `plugin_call`. */
export type ContractCode = (typeof STAGE_CODES)[DispatchStage][number];

/** A failure on one side of the call. `message` never holds payload. */
export interface StageFailure {
  readonly ok: false;
  readonly stage: DispatchStage;
  readonly code: ContractCode;
  readonly message: string;
}

/** A failure as the functions of a contract return it; TypeScript holds the code to its stage. */
export const stageFailure = <Stage extends DispatchStage>(
  stage: Stage,
  code: (typeof STAGE_CODES)[Stage][number],
  message: string,
): StageFailure => ({ ok: false, stage, code, message });
