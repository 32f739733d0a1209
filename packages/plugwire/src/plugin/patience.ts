import { LIMITS } from '@plugwire/runtime';

import type { PluginSetup } from './plugin-options.ts';

/**
 * The factor by which deadlines are extended. Deadlines are wall time, and the machine may be busy. A call is late if its processor time
 * exceeds the original deadline.
 */
const FACTOR = 10;

/** After this many late calls a function is not called any more, because each late call takes up to the extended deadline. */
export const MOST_LATE_CALLS = 5;

/** The result of a call, and the processor time that this process used meanwhile, in milliseconds. */
export interface TimedCall<Result> {
  readonly result: Result;
  readonly cpuMs: number;
}

/** Returns the deadline of a call, in milliseconds. */
export const deadlineOf = ({ load }: PluginSetup): number =>
  load.limits?.deadlineMs ?? LIMITS.deadlineMs.default;

/** Returns the same setup with an extended deadline, which stops only calls that do not end. */
export const withPatience = (setup: PluginSetup): PluginSetup => {
  const deadlineMs = Math.min(LIMITS.deadlineMs.max, FACTOR * deadlineOf(setup));
  return { ...setup, load: { ...setup.load, limits: { ...setup.load.limits, deadlineMs } } };
};

/** A call is repeated until it is in time, at most this often. */
const MOST_TRIES = 3;

/**
 * Runs a call and measures its processor time. A call that the deadline stopped, or that used more processor time than that, is repeated: the
 * machine may be busy, or the engine may have been compiling on other threads. Returns the try with the least processor time.
 */
export const timeCall = <Result>(
  call: () => Result,
  isStopped: (result: Result) => boolean,
  deadlineMs: number,
): TimedCall<Result> => {
  let best = timeOnce(call);
  const isLate = ({ result, cpuMs }: TimedCall<Result>): boolean => cpuMs > deadlineMs || isStopped(result);
  for (let tries = 1; isLate(best) && tries < MOST_TRIES; tries += 1) {
    const next = timeOnce(call);
    if (!isLate(next) || next.cpuMs < best.cpuMs) best = next;
  }
  return best;
};

const timeOnce = <Result>(call: () => Result): TimedCall<Result> => {
  const before = process.cpuUsage();
  const result = call();
  const { user, system } = process.cpuUsage(before);
  return { result, cpuMs: (user + system) / 1000 };
};

/** Returns the message for a late call. */
export const lateMessage = (cpuMs: number, deadlineMs: number): string =>
  `the call took ${Math.round(cpuMs)} ms of processor time, but hosts stop it after ${deadlineMs} ms (limits.deadlineMs)`;
