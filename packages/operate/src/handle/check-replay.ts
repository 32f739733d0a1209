import {
  ANSWER_COMPARISONS,
  type AnswerComparison,
  checkOptions,
  groupDifferences,
  type Plugin,
  type Recording,
  type ReplayReport,
} from '@plugwire/runtime';
import { listChoices, PlugwireUsageError, showChoice, showType } from '@plugwire/wire';

import { OperateError } from '../base/operate-error.ts';
import type { Version } from './version.ts';

/** Settings for the replay of recorded calls to a new version before it gets traffic. */
export interface ReplaySettings {
  /** The most calls of each function. The latest are replayed. By default 100. */
  readonly calls?: number;
  /** With fewer recorded calls of all functions together, the operation fails with `nothing_recorded`. By default 1. */
  readonly minimumCalls?: number;
  /** `shape`: types and keys must be equal. `equal`: values must also be equal. By default `shape`. */
  readonly answers?: AnswerComparison;
  /** The share of calls that may have another result, from 0 to 1. By default 0. */
  readonly differenceShare?: number;
}

/** The result of a replay over all functions, in numbers of calls. */
export interface ReplayTotals {
  readonly calls: number;
  readonly same: number;
  /** Calls that failed in the recording and succeed now. */
  readonly improved: number;
  readonly differences: number;
}

const OPTIONS: Readonly<Record<keyof ReplaySettings, true>> = {
  calls: true,
  minimumCalls: true,
  answers: true,
  differenceShare: true,
};

const DEFAULTS = { calls: 100, minimumCalls: 1, answers: 'shape', differenceShare: 0 } as const;

/** Checks the settings and adds defaults. Throws `PlugwireUsageError` `bad_option`. */
export const parseReplaySettings = (given: ReplaySettings): Required<ReplaySettings> => {
  const check = { ...DEFAULTS, ...checkOptions(given, OPTIONS) };
  for (const [name, least] of [['calls', 1] as const, ['minimumCalls', 0] as const])
    if (!Number.isSafeInteger(check[name]) || check[name] < least)
      refuse(name, check[name], `a whole number, at least ${least}`);
  if (!(check.differenceShare >= 0 && check.differenceShare <= 1))
    refuse('differenceShare', check.differenceShare, 'a number from 0 to 1');
  if (!ANSWER_COMPARISONS.includes(check.answers))
    throw new PlugwireUsageError(
      'bad_option',
      `replay.answers is ${showChoice(check.answers)}: expected ${listChoices(ANSWER_COMPARISONS)}.`,
    );
  return check;
};

const refuse = (name: string, value: unknown, expected: string): never => {
  const seen = typeof value === 'number' ? String(value) : showType(value);
  throw new PlugwireUsageError('bad_option', `replay.${name} is ${seen}: expected ${expected}.`);
};

/**
 * Replays the recorded calls of the versions of a name to a new version, oldest version first.
 *
 * Rejects with `OperateError` `nothing_recorded`, `not_replayable` or `replay_differs`.
 */
export const checkReplay = async (
  name: string,
  next: Version,
  versions: readonly (Version | undefined)[],
  { calls: most, minimumCalls, answers, differenceShare }: Required<ReplaySettings>,
): Promise<ReplayTotals> => {
  const recordings = mergeRecordings(versions.flatMap((version) => version?.plugin.recordings?.() ?? []));
  const { replay } = next.plugin;
  if (replay === undefined) {
    throw new OperateError(
      'not_replayable',
      `version ${next.facts.version} runs in another process, but replays need a module: swap without replay, or start a canary.`,
    );
  }
  const reports: ReplayReport[] = [];
  for (const recording of recordings) reports.push(await replay(recording, { calls: most, answers }));
  const totals = {
    calls: sumOf(reports, ({ calls }) => calls),
    same: sumOf(reports, ({ same }) => same),
    improved: sumOf(reports, ({ improved }) => improved),
    differences: sumOf(reports, ({ differences }) => differences.length),
  };
  if (recordings.length === 0 || totals.calls < minimumCalls) {
    throw new OperateError(
      'nothing_recorded',
      `${totals.calls} recorded calls of "${name}" can be replayed, expected at least ${minimumCalls}: ${recordings.length === 0 ? 'give the host recordings' : 'wait for more calls'}, or swap without replay.`,
    );
  }
  if (totals.differences > totals.calls * differenceShare) {
    throw new OperateError(
      'replay_differs',
      `version ${next.facts.version} ends ${totals.differences} of ${totals.calls} recorded calls of "${name}" in another way, at most ${Math.floor(totals.calls * differenceShare)} are allowed (${describeDifferences(reports)}): give a version that answers them, or allow a larger differenceShare.`,
    );
  }
  return totals;
};

const sumOf = (reports: readonly ReplayReport[], count: (report: ReplayReport) => number): number =>
  reports.reduce((sum, report) => sum + count(report), 0);

/** Merges recordings into one for each function. Calls of the latest version come last. */
const mergeRecordings = (recordings: ReturnType<Plugin['recordings']>): readonly Recording[] => {
  const merged = new Map<string, Recording>();
  for (const recording of recordings) {
    const { function: called } = recording.header;
    const calls = [...(merged.get(called)?.calls ?? []), ...recording.calls];
    merged.set(called, { ...recording, calls });
  }
  return [...merged.values()];
};

/** The most kinds of differences that a message lists. */
const MOST_KINDS = 5;

/** Describes what differs and how often. It names functions, stages, codes and places in the contract, and no payload. */
const describeDifferences = (reports: readonly ReplayReport[]): string => {
  const kinds = reports.flatMap(({ function: called, differences }) =>
    groupDifferences(differences).map(({ what, calls }) => `${calls.length} × ${called}: ${what}`),
  );
  return [...kinds.slice(0, MOST_KINDS), ...(kinds.length > MOST_KINDS ? ['and others'] : [])].join('; ');
};
