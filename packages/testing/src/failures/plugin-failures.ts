import type { CallCode } from '@plugwire/runtime';
import type { DispatchStage, STAGE_CODES } from '@plugwire/wire';

import { ANSWER_CAUSES } from './answer-causes.ts';
import { CALL_CAUSES } from './call-causes.ts';
import type { AnswerCause, CallCause, OutOfReach } from './cause.ts';

/** The codes of a stage. */
type CodeAt<Stage extends DispatchStage> = Stage extends 'plugin_call'
  ? CallCode
  : (typeof STAGE_CODES)[Stage][number];

const BY_REQUEST = 'the request causes it: use failingRequest';
const BY_ADAPTER = 'an adapter of the contract causes it when it converts a request';

/** How a plugin causes each failure of a dispatch, or why it cannot. A new code does not compile without an entry here. */
export const CAUSES = {
  version_lookup: {
    not_registered:
      'the host causes it if it was created without the contract: contracts are compared by identity',
    not_negotiated: { by: 'call', parts: () => ({}) },
  },
  request_envelope: {
    not_an_object: BY_REQUEST,
    schema_mismatch: BY_REQUEST,
    too_deep: BY_REQUEST,
    proto_key: BY_REQUEST,
    unreadable: BY_REQUEST,
    adapter_threw: BY_ADAPTER,
    adapter_mismatch: BY_ADAPTER,
  },
  serialize_request: { codec_threw: BY_REQUEST, not_serializable: BY_REQUEST },
  plugin_call: CALL_CAUSES,
  ...ANSWER_CAUSES,
  panic: { unexpected: 'only a defect of Plugwire itself causes it' },
} as const satisfies {
  [Stage in DispatchStage]: Record<CodeAt<Stage>, CallCause | AnswerCause | OutOfReach>;
};

type CausedCodes<Codes> = { [Code in keyof Codes]: Codes[Code] extends string ? never : Code }[keyof Codes];

/** The stage and the code of a failure that a plugin can cause. */
export type PluginFailure = {
  [Stage in keyof typeof CAUSES]: CausedCodes<(typeof CAUSES)[Stage]> extends infer Code extends string
    ? { readonly stage: Stage; readonly code: Code }
    : never;
}[keyof typeof CAUSES];

/**
 * Every failure that a plugin can cause, in the order of a call, for `it.each`. It is derived from the lists of codes in `@plugwire/wire` and
 * `@plugwire/runtime`. A plugin cannot cause the codes that are missing here; `failingPlugin` says why.
 *
 * @example
 * it.each(PLUGIN_FAILURES)('survives $stage $code', async (failure) => {
 *   const failing = await failingPlugin(sign, failure, { alongside: [filter] });
 * });
 */
export const PLUGIN_FAILURES: readonly PluginFailure[] = Object.entries(CAUSES).flatMap(([stage, codes]) =>
  Object.entries(codes).flatMap(([code, cause]) =>
    typeof cause === 'string' ? [] : [{ stage, code } as unknown as PluginFailure],
  ),
);
