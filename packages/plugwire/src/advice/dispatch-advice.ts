import type { CallCode } from '@plugwire/runtime';
import type { DispatchStage, STAGE_CODES } from '@plugwire/wire';

/** Advice for the codes that a stage of a dispatch has besides those of a call. */
type DispatchAdvice = {
  readonly [Stage in DispatchStage]: Readonly<
    Record<Exclude<(typeof STAGE_CODES)[Stage][number], CallCode>, string>
  >;
};

const REQUEST = 'Correct the request: plugwire contract docs shows what it may hold.';
const ADAPTER = 'The fault is in the adapter of the host’s contract, not in the plugin.';
const ANSWER = 'plugwire contract docs shows what an answer may hold.';

/** What the author of a plugin can do about each failure of a dispatch. A new code does not compile without advice. */
export const DISPATCH_ADVICE: DispatchAdvice = {
  version_lookup: {
    not_registered: 'Give the contract of the function with --contract.',
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
    empty_output: 'Set the answer as the output before the function returns 0.',
    not_utf8: 'Write the answer as UTF-8.',
    not_protobuf:
      'Answer with the message that the .proto file has, or bind the file that the plugin was built with.',
    not_json:
      'Write one JSON object and nothing behind it. Escape quotes, backslashes and control characters.',
  },
  response_envelope: {
    not_an_object: `Answer with a JSON object. ${ANSWER}`,
    version_missing: 'Add _v to the answer, with the value that the request has.',
    version_invalid: 'Write _v as a number, with the value that the request has.',
    version_mismatch: 'Copy _v from the request, and answer in that version.',
  },
  response_decode: {
    inexact_number: 'Write integers of at most 39 digits, and numbers that fit a double.',
    schema_mismatch: `The message names the place. ${ANSWER}`,
    too_deep: 'Nest the answer less than 128 levels.',
    proto_key: 'Leave the key __proto__ out of the answer.',
    codec_threw: 'The answer breaks a rule of the host’s contract that its description does not show.',
    adapter_threw: ADAPTER,
    adapter_mismatch: ADAPTER,
  },
  panic: { unexpected: 'This is a defect of Plugwire: please report it.' },
};
