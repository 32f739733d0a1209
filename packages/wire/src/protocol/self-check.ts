import { z } from 'zod';

import { createForm } from '../contract/read/create-form.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';

/** The host's request for a self-check (protocol §3). The keys are those of the wire. */
export interface SelfCheckRequest {
  /** The names of the functions. */
  readonly functions_to_test: readonly string[];
  /** The time of the request, in unix seconds. */
  readonly initiated_at: number;
}

/** The stages at which a plugin can report a failure (protocol §3). */
export const SELF_CHECK_STAGES = [
  'request_preparation',
  'wire_function_test',
  'capability_verification',
  'response_validation',
] as const;
/** One of {@link SELF_CHECK_STAGES}. */
export type SelfCheckStage = (typeof SELF_CHECK_STAGES)[number];

/** A plugin's answer to a self-check. `completed_at` is in unix seconds. */
export interface SelfCheckResponse {
  readonly status: 'success' | 'failure';
  readonly failures: readonly { readonly stage: SelfCheckStage; readonly message: string }[];
  readonly completed_at: number;
}

/** Why a self-check is refused. There is a code for each rule of protocol §3. docs/errors.md says what to do about each. */
export const SELF_CHECK_CODES = [
  'not_json',
  'response_malformed',
  'time_not_positive',
  'too_many_failures',
  'success_with_failures',
  'failure_without_failures',
  'failure_reported',
] as const;
/** One of {@link SELF_CHECK_CODES}. */
export type SelfCheckCode = (typeof SELF_CHECK_CODES)[number];

/** A self-check that succeeded, or why it is refused. */
export type SelfCheckResult =
  | { readonly ok: true; readonly response: SelfCheckResponse }
  | {
      readonly ok: false;
      readonly code: SelfCheckCode;
      readonly message: string;
      /** The plugin's own text about its failures. The host shows it only if `revealGuestErrors` is set. */
      readonly guestText?: string;
    };

const readForm = createForm(
  z.strictObject({
    status: z.enum(['success', 'failure']),
    failures: z.array(z.strictObject({ stage: z.enum(SELF_CHECK_STAGES), message: z.string() })),
    completed_at: z.int(),
  }),
);

/** Builds the request for a self-check of these functions. `initiatedAt` is in unix seconds. Never throws. */
export const buildSelfCheckRequest = (
  functions: readonly string[],
  initiatedAt: number,
): SelfCheckRequest => ({
  functions_to_test: [...functions],
  initiated_at: initiatedAt,
});

/**
 * Checks a plugin's answer to a self-check, as JSON text. Never throws. The message continues a sentence about the answer ("is not JSON: …").
 * It shows stages, and never text of the plugin.
 */
export const checkSelfCheck = (text: string): SelfCheckResult => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refusal('not_json', 'is not JSON: expected the object of protocol §3');
  }
  const response = readForm(parsed);
  if (response === undefined) {
    return refusal(
      'response_malformed',
      'does not have the form of protocol §3: expected exactly status, failures and completed_at',
    );
  }
  const { status, failures, completed_at: completedAt } = response;
  if (completedAt <= 0)
    return refusal('time_not_positive', 'has a completed_at that is not positive: expected unix seconds');
  if (failures.length > PROTOCOL_LIMITS.selfCheckFailures) {
    return refusal(
      'too_many_failures',
      `lists ${failures.length} failures, but at most ${PROTOCOL_LIMITS.selfCheckFailures} are allowed`,
    );
  }
  if (status === 'success') {
    return failures.length === 0
      ? { ok: true, response }
      : refusal('success_with_failures', 'reports success but lists failures: expected an empty list');
  }
  if (failures.length === 0)
    return refusal(
      'failure_without_failures',
      'reports failure but lists no failures: expected at least one',
    );
  const stages = [...new Set(failures.map((failure) => failure.stage))].join(', ');
  const guestText = failures.map((failure) => `${failure.stage}: ${failure.message}`).join('; ');
  return {
    ...refusal(
      'failure_reported',
      `reports failures at ${stages}. Ask the plugin's author, or load it with revealGuestErrors to see the details`,
    ),
    guestText,
  };
};

const refusal = (code: SelfCheckCode, message: string) => ({ ok: false as const, code, message });
