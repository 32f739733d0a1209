import { describeOutcome, isOutcome, refuseSubject } from './describe-outcome.ts';
import type { MatcherContext, MatcherResult } from './matcher-result.ts';

/**
 * Whether a dispatch returned a response; with an argument, whether the response equals it. Messages show responses only if the test gives the
 * expected one, so that the difference is visible.
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
  // oxlint-disable-next-line oxc/no-this-in-exported-function -- vitest's equality, which supports asymmetric matchers
  const pass = this.equals(outcome.response, expected[0]);
  return {
    pass,
    message: () =>
      pass
        ? `expected the dispatch not to return this response, but it did:\n${describeOutcome(outcome)}`
        : `expected the dispatch to return another response:\n${describeOutcome(outcome)}`,
    actual: outcome.response,
    expected: expected[0],
  };
}
