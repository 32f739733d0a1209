import { PlugwireUsageError } from '@plugwire/wire';

import type { Measured } from '../measure/measure.ts';
import { describeOutcome, isOutcome, refuseSubject } from './describe-outcome.ts';
import type { MatcherResult } from './matcher-result.ts';

/** The most that a measured dispatch may use, inclusive. At least one limit is required. */
export interface Budget {
  /** Fuel of the call. It is the same on every machine, so prefer it in assertions. */
  readonly fuel?: number;
  /** The guest's linear memory after the call, in bytes. */
  readonly memoryBytes?: number;
  /** Wall time of the whole dispatch, in milliseconds. It depends on the load of the machine. */
  readonly deadlineMs?: number;
}

const MEASURES = [
  ['fuel', 'fuel'],
  ['memoryBytes', 'memoryBytes'],
  ['deadlineMs', 'durationMs'],
] as const satisfies readonly (readonly [keyof Budget, keyof Measured])[];

/** Whether a dispatch used no more than a budget. If the guest was never entered, neither this nor its `.not` passes. */
export function toStayWithin(measured: unknown, budget: Budget): MatcherResult {
  if (!isMeasured(measured)) {
    return refuseSubject('toStayWithin', 'the result of measure(plugin, contract, request)', measured);
  }
  checkBudget(budget);
  if (measured.fuel === 0) {
    throw new TypeError(
      `toStayWithin: the guest was never entered, so there is nothing to compare:\n${describeOutcome(measured.outcome)}`,
    );
  }
  const rows = MEASURES.flatMap(([limit, measure]) => {
    const allowed = budget[limit];
    return allowed === undefined ? [] : [{ limit, allowed, used: measured[measure] }];
  });
  const exceeded = rows.filter(({ used, allowed }) => used > allowed);
  const pass = exceeded.length === 0;
  return {
    pass,
    message: () =>
      [
        pass
          ? 'expected the dispatch to exceed its budget, but it stayed within:'
          : `expected the dispatch to stay within its budget, but it exceeded ${exceeded.map(({ limit }) => limit).join(' and ')}:`,
        ...rows.map(({ limit, used, allowed }) => `  ${limit}: used ${round(used)} of ${allowed}`),
        describeOutcome(measured.outcome),
      ].join('\n'),
  };
}

const round = (used: number): number => Math.round(used * 1000) / 1000;

const isMeasured = (value: unknown): value is Measured => {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, fuel, memoryBytes, durationMs } = value as Record<string, unknown>;
  return isOutcome(outcome) && [fuel, memoryBytes, durationMs].every((each) => typeof each === 'number');
};

const checkBudget = (budget: Budget): void => {
  const given: [string, unknown][] =
    typeof budget === 'object' && budget !== null ? Object.entries(budget) : [];
  const limits: readonly string[] = MEASURES.map(([limit]) => limit);
  const bad = given.find(([key, value]) => !limits.includes(key) || !isLimit(value));
  if (bad !== undefined || given.length === 0) {
    throw new PlugwireUsageError(
      'bad_option',
      `toStayWithin got ${bad === undefined ? 'no limit' : `${bad[0]}: ${String(bad[1])}`}: expected a number of at least 0 for some of ${limits.join(', ')}.`,
    );
  }
};

const isLimit = (value: unknown): boolean => typeof value === 'number' && value >= 0;
