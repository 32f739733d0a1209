import { clock } from '../../base/clock.ts';
import type { CallFailure } from '../../outcomes/call-result.ts';
import { callFailure } from '../../outcomes/call-result.ts';
import type { Restorable } from '../../kernel/restorable.ts';
import type { LinkedModule } from './linked-module.ts';
import type { Budget } from './meter.ts';
import { type Snapshot, takeSnapshot } from './snapshot.ts';

/** What a {@link CleanSlate} works on. */
export interface SlateParts {
  /** The instance that serves. */
  modules(): readonly LinkedModule[];
  /** Replaces the instance with a new one, whose start functions have not run. Throws what the engine throws. */
  replace(): void;
  /** Runs the start functions of a new instance. `undefined` if the guest has none. */
  readonly start: ((budget: Budget, startedMs: number) => CallFailure | undefined) | undefined;
  /** The budget of start functions. */
  readonly startBudget: Budget;
  /** The guest's variables, which the host keeps. They can be kept when the instance is replaced. */
  readonly variables: Restorable;
  readonly wasi: readonly Restorable[];
}

/** Restores a guest's instance to its state after its start functions (RATIONALE.md, "How is an instance restored?"). */
export interface CleanSlate {
  /** Saves the present state, which every restore returns to. */
  save(): void;
  /**
   * Restores the saved state, in the same instance or in a new one. With `keep`, the guest's variables stay. Never throws. If start
   * functions have to run, or if the restore failed, `prepare` does the rest.
   */
  restore(keep?: 'variables'): void;
  /** Returns whether a call can run now. If not, call `prepare` first. */
  isReady(): boolean;
  /**
   * Completes a restore. Start functions run within their own budget and within `deadlineMs`, and both count from `startedMs`. Returns
   * a failure if there is no usable instance. You can call it again. If the process had no memory, it waits as long as the last
   * attempt took before it tries again.
   */
  prepare(deadlineMs: number, startedMs: number): CallFailure | undefined;
}

/** `missing`: there is no usable instance. `unstarted`: there is a new one, and its start functions have to run. */
type SlateState = 'ready' | 'missing' | 'unstarted';

/** Creates the clean slate of an instance that has just run its start functions. */
export const createCleanSlate = (parts: SlateParts): CleanSlate => {
  const { modules, replace, start, startBudget, variables, wasi } = parts;
  const host = [variables, ...wasi];
  let state: SlateState = 'ready';
  /** Until then, no call tries to create an instance. */
  let pausedUntilMs = -Infinity;
  let snapshot: Snapshot | undefined;
  let keeps: 'variables' | undefined;

  /** Without a snapshot every restore makes a new instance. */
  const tryToTake = (): Snapshot | undefined => {
    try {
      return takeSnapshot(modules());
    } catch {
      return undefined;
    }
  };

  /** A new instance of a guest without start functions has the right state, so its snapshot is taken only when it is needed. */
  const takeOver = (): void => {
    if (snapshot === undefined) snapshot = tryToTake();
    else snapshot.adopt(modules());
    state = 'ready';
  };

  const replaceInstance = (): void => {
    state = 'missing';
    replace();
    if (start === undefined) return takeOver();
    if (snapshot?.canTransplant !== true) {
      state = 'unstarted';
      return;
    }
    snapshot.transplant(modules());
    state = 'ready';
  };

  const runStart = (
    run: NonNullable<SlateParts['start']>,
    deadlineMs: number,
    startedMs: number,
  ): CallFailure | undefined => {
    for (const part of keeps === undefined ? host : wasi) part.clear();
    // If the start functions fail, this instance has no earlier state to return to.
    state = 'missing';
    const budget = { ...startBudget, deadlineMs: Math.min(startBudget.deadlineMs, deadlineMs) };
    const failure = run(budget, startedMs);
    if (failure?.isUntouched === true) {
      state = 'unstarted';
      return failure;
    }
    if (failure !== undefined)
      return { ...failure, message: `${failure.message}, in a start function of its new instance` };
    for (const part of keeps === undefined ? host : wasi) part.save();
    snapshot = tryToTake();
    state = 'ready';
    return undefined;
  };

  return {
    save: () => {
      for (const part of host) part.save();
      if (start !== undefined) snapshot = tryToTake();
    },
    restore: (keep) => {
      keeps = keep;
      try {
        if (keep === undefined) variables.restore();
        // `prepare` does the rest before the next call.
        if (state !== 'ready') return;
        for (const part of wasi) part.restore();
        if (snapshot?.restore(modules()) !== true) replaceInstance();
      } catch {
        // There is no memory for another instance, or the stack is full. The next call tries again.
        state = 'missing';
      }
    },
    isReady: () => state === 'ready',
    prepare: (deadlineMs, startedMs) => {
      if (startedMs < pausedUntilMs) return callFailure('out_of_memory');
      try {
        if (state === 'missing') replaceInstance();
      } catch {
        state = 'missing';
        // The engine tries to free memory by collecting all garbage several times. Spend at most half of the thread's time on it.
        const failedMs = clock.nowMs();
        pausedUntilMs = failedMs + (failedMs - startedMs);
        return callFailure('out_of_memory');
      }
      return state === 'unstarted' && start !== undefined
        ? runStart(start, deadlineMs, startedMs)
        : undefined;
    },
  };
};
