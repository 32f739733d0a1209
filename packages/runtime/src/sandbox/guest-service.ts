import type { CallLimits } from '../limits.ts';
import type { CallResult, CallSuccess } from './call-result.ts';
import { callFailure, entersGuest, leavesDoubt } from './call-result.ts';
import type { CallInput, GuestInstance } from './instance/guest-instance.ts';
import type { Breaker } from './breaker/breaker.ts';

/** `shared`: a call finds what earlier ones left behind, unless one of them failed. `per_call`: no call finds anything of another. */
export const INSTANCE_MODES = ['shared', 'per_call'] as const;
/** One of {@link INSTANCE_MODES}. */
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** What a guest has used so far. */
export interface GuestUsage {
  /** Fuel of the last call that ran. */
  readonly lastFuel: number;
  /** Fuel of all calls, start functions not counted. */
  readonly totalFuel: number;
  /** The guest's own linear memory when its last call ended, in bytes. */
  readonly memoryBytes: number;
}

/** The one way in which calls reach a guest that serves. */
export interface GuestService {
  /** Calls the guest, and restores it if the call left it in an unknown state. Never throws. */
  call(name: string, input: CallInput, limits: CallLimits, options?: ServiceCall): CallResult;
  usage(): GuestUsage;
  close(): void;
}

/** What else holds for one call, by `performance.now()`. */
interface ServiceCall {
  /** From when the deadline counts; from now if it is left out. */
  readonly begunMs?: number;
  /** The time of the call, for the breaker, where the caller has just read the clock. */
  readonly nowMs?: number;
  /** Reads the output before anything is restored, and tells whether the guest did its part: a wrong answer counts as a failure. */
  readonly accepts?: (result: CallSuccess) => boolean;
}

export interface GuestServiceOptions {
  readonly mode?: InstanceMode;
  /** Keeps a guest that fails too often, or for too long, from being called. Its clock is `performance.now`. */
  readonly breaker?: Breaker;
}

/** Lets an instance serve, which no call has entered yet. */
export const createGuestService = (
  instance: GuestInstance,
  { mode = 'shared', breaker }: GuestServiceOptions = {},
): GuestService => {
  /** Until it is closed, and no call runs any more. */
  let serving: GuestInstance | undefined = instance;
  let isClosed = false;
  /** While a call runs and its output is read: a call from inside it is refused. */
  let isCalling = false;
  /** What a closed guest has used: the instance itself is not held. */
  let usedInAll: GuestUsage | undefined;

  const letGo = (): void => {
    usedInAll = usage();
    serving = undefined;
  };

  const usage = (): GuestUsage => {
    if (serving === undefined) return usedInAll ?? { lastFuel: 0, totalFuel: 0, memoryBytes: 0 };
    const { last, total } = serving.fuelUsed();
    return { lastFuel: last, totalFuel: total, memoryBytes: serving.memoryBytes() };
  };

  const settle = (called: GuestInstance, result: CallResult, isWrong: boolean, startedMs: number): void => {
    const isFailed = !result.ok && leavesDoubt(result);
    if (isClosed) letGo();
    // At once, so that the caller who caused it waits for it, and not the next one.
    else if (isFailed || (mode === 'per_call' && (result.ok || entersGuest(result)))) called.restore();
    breaker?.record(isFailed || isWrong, startedMs);
  };

  /** Start functions that have to run again are the plugin's doing: their time counts as that of a failing call. */
  const prepare = (called: GuestInstance, { deadlineMs }: CallLimits, startedMs: number) => {
    const failure = called.prepare(deadlineMs, startedMs);
    if (failure === undefined) breaker?.recordRecovery(startedMs);
    return failure;
  };

  instance.save();
  return {
    call: (name, input, limits, { begunMs, nowMs, accepts } = {}) => {
      if (isClosed || serving === undefined) return callFailure('closed');
      if (isCalling) return callFailure('reentrant_call');
      if (breaker?.admit() === false) return callFailure('breaker_open');
      const called = serving;
      const startedMs = nowMs ?? performance.now();
      isCalling = true;
      try {
        const unprepared = called.isReady() ? undefined : prepare(called, limits, startedMs);
        const result = unprepared ?? called.call(name, input, limits, begunMs ?? startedMs);
        let isWrong = false;
        try {
          isWrong = result.ok && accepts?.(result) === false;
        } finally {
          settle(called, result, isWrong, startedMs);
        }
        return result;
      } finally {
        isCalling = false;
      }
    },
    // Read when it is asked for, at a scrape: the engine takes longer to tell than some calls take.
    usage,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      // A call that closes its own plugin is let go when it has ended: until then nobody knows what it used.
      if (!isCalling) letGo();
    },
  };
};
