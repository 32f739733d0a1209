import type { OperationResult } from './play-operations.ts';

/** Returns the results of an operation that are not as expected. */
export const findBrokenOperation = ({ operation, traffic, after, fallbacks }: OperationResult): string[] => {
  const { others, versions } = operation.expected;
  const counts = Object.entries(others).map(([status, [least, most]]) => {
    const count = traffic.statuses.get(status) ?? 0;
    return { status, count, isRight: count >= least && count <= most };
  });
  const unserved = counts.reduce((sum, { count }) => sum + count, 0);
  const fellBack = [...fallbacks.values()].reduce((sum, count) => sum + count, 0);
  const checks: readonly (readonly [what: string, holds: boolean])[] = [
    ['statuses', counts.every(({ isRight }) => isRight)],
    ['answers', (traffic.statuses.get('200') ?? 0) + unserved === traffic.sent],
    ['answers afterwards', after.size === 1 && after.has('200')],
    [
      'versions',
      versions.length === traffic.versions.size && versions.every((each) => traffic.versions.has(each)),
    ],
    // Every 502 is a fallback, and no fallback is hidden.
    ['fallbacks', fellBack === (traffic.statuses.get('502') ?? 0)],
  ];
  return checks.filter(([, holds]) => !holds).map(([what]) => what);
};
