import { LIMITS } from '@plugwire/runtime';

import type { PluginSetup } from './plugin-options.ts';

/**
 * Deadlines are wall time, and an author’s machine may be busy with a build. So calls get this many times their deadline, and are late if
 * they used more processor time than that.
 */
const FACTOR = 10;

/** After so many late calls of a function no further ones are made: each costs the whole patience. */
export const MOST_LATE_CALLS = 5;

/** What a call came to, and the processor time of this process meanwhile. */
export interface TimedCall<Result> {
  readonly result: Result;
  readonly cpuMs: number;
}

/** The deadline of a call, in milliseconds. */
export const deadlineOf = ({ load }: PluginSetup): number =>
  load.limits?.deadlineMs ?? LIMITS.deadlineMs.default;

/** The same setup with a deadline that only a call that does not end exceeds. */
export const withPatience = (setup: PluginSetup): PluginSetup => {
  const deadlineMs = Math.min(LIMITS.deadlineMs.max, FACTOR * deadlineOf(setup));
  return { ...setup, load: { ...setup.load, limits: { ...setup.load.limits, deadlineMs } } };
};

/**
 * Runs a call and measures its processor time. A call that took longer than the deadline is repeated once: the first one may have waited
 * for the engine, which compiles on other threads.
 */
export const timeCall = <Result>(call: () => Result, deadlineMs: number): TimedCall<Result> => {
  const first = timeOnce(call);
  if (first.cpuMs <= deadlineMs) return first;
  const second = timeOnce(call);
  return second.cpuMs < first.cpuMs ? second : first;
};

const timeOnce = <Result>(call: () => Result): TimedCall<Result> => {
  const before = process.cpuUsage();
  const result = call();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
};

/** Says that a call was late. */
export const lateMessage = (cpuMs: number, deadlineMs: number): string =>
  `the call took ${Math.round(cpuMs)} ms of processor time, and hosts stop it after ${deadlineMs} ms (limits.deadlineMs)`;
