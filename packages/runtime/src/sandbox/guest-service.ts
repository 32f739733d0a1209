import { clock } from '../base/clock.ts';
import type { CallLimits } from '../base/limits.ts';
import type { CallFailure, CallResult, GuestOutput } from '../outcomes/call-result.ts';
import { callFailure, entersGuest, leavesDoubt } from '../outcomes/call-result.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import type { CallInput, GuestInstance } from './instance/guest-instance.ts';
import type { Breaker } from '../breaker/breaker.ts';

/**
 * `shared`: the guest keeps its state between calls, and is restored after a failed call. `per_call`: the guest is restored after each
 * call.
 */
export const INSTANCE_MODES = ['shared', 'per_call'] as const;
/** One of {@link INSTANCE_MODES}. */
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** Reads the output of a call, as a part of the call. */
export interface Reading<Answer> {
  /** Reads the output, which is `null` if the guest set none. */
  read(output: GuestOutput | null): Answer;
  /** Returns whether the answer is the guest's fault. Then the breaker counts the call as a failure. */
  isWrong?(answer: Answer): boolean;
}

/** The answer and the deadline of the call, in milliseconds of `clock.nowMs`, or a failure. */
type ServiceResult<Answer> =
  | { readonly ok: true; readonly answer: Answer; readonly deadlineMs: number }
  | CallFailure;

/** Runs the calls of a guest that serves. Every call goes through it. */
export interface GuestService {
  /**
   * Calls the guest, reads its output, and restores the guest if the mode or the result requires it. Throws only what `reading` throws.
   */
  call<Answer>(
    name: string,
    input: CallInput,
    limits: CallLimits,
    reading: Reading<Answer>,
    times?: CallTimes,
  ): ServiceResult<Answer>;
  /** Returns the fuel and memory that the guest has used. Also works after `close`. */
  usage(): GuestUsage;
  /** Restores the guest to its state after initialisation. Returns `false`, and does nothing, while a call runs and after `close`. */
  reset(): boolean;
  /** Releases the guest, once the running call has ended. Later calls fail with `closed`. */
  close(): void;
}

/** Times at which a call began, in milliseconds of `clock.nowMs`. The default is now. */
interface CallTimes {
  /** The start of the deadline. The default is `startedMs`. */
  readonly begunMs?: number;
  /** The start of the duration that the breaker counts. */
  readonly startedMs?: number;
}

/** Options of {@link createGuestService}. */
export interface GuestServiceOptions {
  /** `shared` by default. */
  readonly mode?: InstanceMode;
  /** Refuses calls to a guest that fails too often or for too long. Its clock must be `clock.nowMs`. */
  readonly breaker?: Breaker;
}

/** Creates a service for a new instance that has not been called. */
export const createGuestService = (
  instance: GuestInstance,
  { mode = 'shared', breaker }: GuestServiceOptions = {},
): GuestService => {
  /** `undefined` once the service is closed and no call runs. */
  let serving: GuestInstance | undefined = instance;
  let isClosed = false;
  /** Whether a call runs or its output is read. Calls from inside that call are refused. */
  let isCalling = false;
  /** The usage of a closed guest, whose instance is released. */
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
    // Restore at once, so that the caller of this call waits for it, not the next caller.
    else if (isFailed || (mode === 'per_call' && (result.ok || entersGuest(result)))) called.restore();
    else if (result.ok && result.hasLeft) called.restore('variables');
    breaker?.record(isFailed || isWrong, startedMs);
  };

  /** If start functions have to run again, the plugin caused it. The breaker counts their time like that of a failing call. */
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
    // Read only on request, for example for a scrape, because reading can take longer than a short call.
    usage,
    reset: () => {
      if (serving === undefined || isCalling) return false;
      serving.restore();
      return true;
    },
    close: () => {
      if (isClosed) return;
      isClosed = true;
      // If the running call closes its own plugin, `settle` releases the instance, because its usage is not known before.
      if (!isCalling) letGo();
    },
  };
};
