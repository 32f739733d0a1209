import type { DispatchOutcome } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';

import { describeOutcome, isOutcome, refuseSubject } from './describe-outcome.ts';
import type { MatcherResult } from './matcher-result.ts';

/** How a dispatch is expected to have failed. Fields that are left out can have any value. */
export interface ExpectedFallback {
  readonly policy?: string;
  readonly stage?: string;
  readonly code?: string;
}

const FIELDS = ['policy', 'stage', 'code'] as const;

/** Whether a dispatch fell back; with an argument, whether the given policy, stage and code match. */
export function toFallBack(outcome: unknown, expected: ExpectedFallback = {}): MatcherResult {
  if (!isOutcome(outcome)) return refuseSubject('toFallBack', 'the outcome of a dispatch', outcome);
  checkFields(expected);
  const seen = factsOf(outcome);
  const wrong = FIELDS.filter((field) => expected[field] !== undefined && expected[field] !== seen?.[field]);
  const pass = seen !== undefined && wrong.length === 0;
  const wanted = describeExpected(expected);
  return {
    pass,
    message: () => {
      if (pass)
        return `expected the dispatch not to fall back${wanted}, but it did:\n${describeOutcome(outcome)}`;
      return seen === undefined
        ? `expected the dispatch to fall back${wanted}, but it was ok:\n${describeOutcome(outcome)}`
        : `expected the dispatch to fall back${wanted}, but ${wrong.join(' and ')} ${wrong.length === 1 ? 'differs' : 'differ'}:\n${describeOutcome(outcome)}`;
    },
    ...(seen === undefined ? {} : { actual: pick(seen, expected), expected: pick(expected, expected) }),
  };
}

const factsOf = (outcome: DispatchOutcome): Required<ExpectedFallback> | undefined =>
  outcome.kind === 'ok'
    ? undefined
    : { policy: outcome.policy, stage: outcome.error.stage, code: outcome.error.code };

const pick = (facts: ExpectedFallback, wanted: ExpectedFallback): ExpectedFallback =>
  Object.fromEntries(
    FIELDS.filter((field) => wanted[field] !== undefined).map((field) => [field, facts[field]]),
  );

const describeExpected = (expected: ExpectedFallback): string => {
  const parts = FIELDS.filter((field) => expected[field] !== undefined).map(
    (field) => `${field} ${expected[field]}`,
  );
  return parts.length === 0 ? '' : ` with ${parts.join(', ')}`;
};

/** Refuses unknown keys, because a misspelt key would match anything. */
const checkFields = (expected: ExpectedFallback): void => {
  const unknown = Object.keys(expected).filter((key) => !FIELDS.some((field) => field === key));
  if (unknown.length === 0) return;
  throw new PlugwireUsageError(
    'bad_option',
    `toFallBack got the unknown ${unknown.length === 1 ? 'key' : 'keys'} ${unknown.join(', ')}: expected some of ${FIELDS.join(', ')}.`,
  );
};
