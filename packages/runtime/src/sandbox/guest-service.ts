import { clock } from '../base/clock.ts';
import type { CallLimits } from '../base/limits.ts';
import type { CallFailure, CallResult, GuestOutput } from '../outcomes/call-result.ts';
import { callFailure, entersGuest, leavesDoubt } from '../outcomes/call-result.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import type { CallInput, GuestInstance } from './instance/guest-instance.ts';
import type { Breaker } from '../breaker/breaker.ts';

/** `shared`: a call finds what earlier ones left behind, unless one of them failed. `per_call`: no call finds anything of another. */
export const INSTANCE_MODES = ['shared', 'per_call'] as const;
/** One of {@link INSTANCE_MODES}. */
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** What is done with the output of a call, as a part of it. */
export interface Reading<Answer> {
  read(output: GuestOutput | null): Answer;
  /** Whether the guest has not done its part: then the call counts as a failure. */
  isWrong?(answer: Answer): boolean;
}

/** The answer that was read, and when the call must have ended by `clock.nowMs`; or why there is none. */
type ServiceResult<Answer> =
  | { readonly ok: true; readonly answer: Answer; readonly deadlineMs: number }
  | CallFailure;

/** The one way in which calls reach a guest that serves. */
export interface GuestService {
  /**
   * Calls the guest, reads its output, and restores the guest if the call left it in an unknown state. Throws only what `reading` throws.
   */
  call<Answer>(
    name: string,
    input: CallInput,
    limits: CallLimits,
    reading: Reading<Answer>,
    times?: CallTimes,
  ): ServiceResult<Answer>;
  usage(): GuestUsage;
  /** Restores the guest to its state after initialisation. False, and nothing is done, while a call runs or when it is closed. */
  reset(): boolean;
  close(): void;
}

/** When a call began, by `clock.nowMs`; now, if it is left out. */
interface CallTimes {
  /** From when the deadline counts. */
  readonly begunMs?: number;
  /** From when the time of the call counts for the breaker. */
  readonly startedMs?: number;
}

export interface GuestServiceOptions {
  readonly mode?: InstanceMode;
  /** Keeps a guest that fails too often, or for too long, from being called. Its clock is `clock.nowMs`. */
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
    else if (result.ok && result.hasLeft) called.restore('variables');
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
    call: (name, input, limits, reading, { begunMs, startedMs = clock.nowMs() } = {}) => {
      if (isClosed || serving === undefined) return callFailure('closed');
      if (isCalling) return callFailure('reentrant_call');
      if (breaker?.admit() === false) return callFailure('breaker_open');
      const called = serving;
      isCalling = true;
      try {
        const unprepared = called.isReady() ? undefined : prepare(called, limits, startedMs);
        const result = unprepared ?? called.call(name, input, limits, begunMs ?? startedMs);
        let isWrong = false;
        try {
          if (!result.ok) return result;
          const answer = reading.read(result.output);
          isWrong = reading.isWrong?.(answer) === true;
          return { ok: true, answer, deadlineMs: result.deadlineMs };
        } finally {
          settle(called, result, isWrong, startedMs);
        }
      } finally {
        isCalling = false;
      }
    },
    // Read when it is asked for, at a scrape: the engine takes longer to tell than some calls take.
    usage,
    reset: () => {
      if (serving === undefined || isCalling) return false;
      serving.restore();
      return true;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      // A call that closes its own plugin is let go when it has ended: until then nobody knows what it used.
      if (!isCalling) letGo();
    },
  };
};
