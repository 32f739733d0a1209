import { describeOutcome, isOutcome, refuseSubject } from './describe-outcome.ts';
import type { MatcherContext, MatcherResult } from './matcher-result.ts';

/**
 * Whether a dispatch gave a response; with an argument, whether it gave that one. Messages show no response, except where the
 * test names the one that it expects: then both are shown, since a difference is what the test is about.
 */
export function toBeOk(
  this: MatcherContext,
  outcome: unknown,
  ...expected: readonly unknown[]
): MatcherResult {
  if (!isOutcome(outcome)) return refuseSubject('toBeOk', 'the outcome of a dispatch', outcome);
  if (outcome.kind === 'fallback') {
    return {
      pass: false,
      message: () => `expected the dispatch to be ok, but it fell back:\n${describeOutcome(outcome)}`,
    };
  }
  if (expected.length === 0) {
    return {
      pass: true,
      message: () => `expected the dispatch to fall back, but it was ok:\n${describeOutcome(outcome)}`,
    };
  }
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- vitest's equality, which knows its asymmetric matchers
  const pass = this.equals(outcome.response, expected[0]);
  return {
    pass,
    message: () =>
      pass
        ? `expected the dispatch not to give this response, but it did:\n${describeOutcome(outcome)}`
        : `the dispatch was ok, but gave another response than expected:\n${describeOutcome(outcome)}`,
    actual: outcome.response,
    expected: expected[0],
  };
}
