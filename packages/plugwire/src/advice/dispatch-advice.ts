import type { CallCode } from '@plugwire/runtime';
import type { DispatchStage, STAGE_CODES } from '@plugwire/wire';

/** Advice for the codes of each dispatch stage, except the codes of a call. */
type DispatchAdvice = {
  readonly [Stage in DispatchStage]: Readonly<
    Record<Exclude<(typeof STAGE_CODES)[Stage][number], CallCode>, string>
  >;
};

const REQUEST = 'Correct the request. plugwire contract docs shows what it may contain.';
const ADAPTER = 'The fault is in the adapter of the host’s contract, not in the plugin.';
const ANSWER = 'plugwire contract docs shows what a response may contain.';

/** Advice for plugin authors, by the stage and code of a failed dispatch. The type requires advice for every code. */
export const DISPATCH_ADVICE: DispatchAdvice = {
  version_lookup: {
    not_registered: 'Pass the contract of the function with --contract.',
    not_negotiated: 'Implement the function, at a version that the contract has.',
  },
  request_envelope: {
    not_an_object: REQUEST,
    schema_mismatch: REQUEST,
    too_deep: REQUEST,
    proto_key: REQUEST,
    unreadable: REQUEST,
    adapter_threw: ADAPTER,
    adapter_mismatch: ADAPTER,
  },
  serialize_request: { codec_threw: REQUEST, not_serializable: REQUEST },
  plugin_call: {
    not_loaded: 'Load a plugin under the name first.',
    disabled: 'Enable the plugin.',
    not_synchronous: 'Use dispatch: the plugin runs in another process.',
  },
  deserialize_response: {
    empty_output: 'Set the response as the output before the function returns 0.',
    not_utf8: 'Write the response as UTF-8.',
    not_protobuf:
      'Return the message that the .proto file declares, or bind the file that the plugin was built with.',
    not_json:
      'Write one JSON object and nothing after it. Escape quotes, backslashes and control characters.',
  },
  response_envelope: {
    not_an_object: `Return a JSON object. ${ANSWER}`,
    version_missing: 'Add _v to the response, with the value from the request.',
    version_invalid: 'Write _v as a number, with the value from the request.',
    version_mismatch: 'Copy _v from the request, and respond in that version.',
  },
  response_decode: {
    inexact_number: 'Write integers of at most 39 digits, and numbers that fit a double.',
    schema_mismatch: `The message names the place. ${ANSWER}`,
    too_deep: 'Nest the response less than 128 levels deep.',
    proto_key: 'Remove the key __proto__ from the response.',
    codec_threw:
      'The response breaks a rule of the host’s contract that the contract’s description does not contain.',
    adapter_threw: ADAPTER,
    adapter_mismatch: ADAPTER,
  },
  panic: { unexpected: 'This is a defect of Plugwire: please report it.' },
};
