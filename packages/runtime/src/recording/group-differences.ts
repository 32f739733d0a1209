import type { ReplayDifference } from './replay-calls.ts';

/** Differences with the same description. */
export interface DifferenceGroup {
  /** What differs, such as `ok became plugin_call/unreachable`: stages, codes and places of the contract. */
  readonly what: string;
  /** Indices of the calls in the recording, from 0. */
  readonly calls: readonly number[];
}

/**
 * Groups equal differences of several calls. The largest groups come first.
 *
 * @example
 * for (const { what, calls } of groupDifferences(report.differences)) show(`${calls.length} × ${what}`);
 */
export const groupDifferences = (differences: readonly ReplayDifference[]): readonly DifferenceGroup[] => {
  const groups = new Map<string, number[]>();
  for (const difference of differences) {
    const what = describe(difference);
    const calls = groups.get(what);
    if (calls === undefined) groups.set(what, [difference.call]);
    else calls.push(difference.call);
  }
  return [...groups]
    .map(([what, calls]) => ({ what, calls }))
    .toSorted((left, right) => right.calls.length - left.calls.length);
};

const describe = ({ kind, recorded, replayed, at = '' }: ReplayDifference): string => {
  if (kind === 'outcome') return `${recorded} became ${replayed}`;
  if (kind === 'host_call') return `asked ${at} for what is not in the recording`;
  return kind === 'shape' ? `another shape at ${at === '' ? 'the root' : at}` : 'another answer';
};
