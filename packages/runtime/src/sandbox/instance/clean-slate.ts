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
  /** Makes a new instance serve. Its start functions have not run. Throws what the engine throws. */
  replace(): void;
  /** Runs the start functions of a new instance; `undefined` for a guest that has none. */
  readonly start: ((budget: Budget, startedMs: number) => CallFailure | undefined) | undefined;
  /** What start functions may take. */
  readonly startBudget: Budget;
  /** What the guest keeps at the host, and may keep for longer than its instance. */
  readonly variables: Restorable;
  readonly wasi: readonly Restorable[];
}

/** Keeps a guest's instance clean: each time it is restored, the next call finds it as it was after its start functions. */
export interface CleanSlate {
  /** Begins: the instance is now as it is to be after every restore. */
  save(): void;
  /**
   * Undoes what calls have done, but for what `keep` names, on the same instance or by a new one. Never throws. Work that only the
   * guest itself can do, or that failed, is left to `prepare`.
   */
  restore(keep?: 'variables'): void;
  /** Whether a call can run now; if not, `prepare` has work to do. */
  isReady(): boolean;
  /**
   * Does what `restore` left. Runs start functions within both their own budget and `deadlineMs`, which count from `startedMs`. Gives
   * why there is no instance to be had. It can be asked again: where the process has no room, it tries again once as much time has
   * passed as the last try took.
   */
  prepare(deadlineMs: number, startedMs: number): CallFailure | undefined;
}

/** `missing`: there is no instance to be used. `unstarted`: a new one is there, and its start functions have to run. */
type SlateState = 'ready' | 'missing' | 'unstarted';

/** Creates what keeps an instance clean, which has just run its start functions. */
export const createCleanSlate = (parts: SlateParts): CleanSlate => {
  const { modules, replace, start, startBudget, variables, wasi } = parts;
  const host = [variables, ...wasi];
  let state: SlateState = 'ready';
  /** No call tries to make an instance before. */
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

  /** Without start functions a new instance has the very state that is wanted, so it need not be kept before it is needed. */
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
    // Whatever becomes of it, this instance has no other state to go back to.
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
        // What is left to do is left to the next call.
        if (state !== 'ready') return;
        for (const part of wasi) part.restore();
        if (snapshot?.restore(modules()) !== true) replaceInstance();
      } catch {
        // There is no room for another instance, or no stack: the next call tries again.
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
        // The engine looks for room by collecting all garbage several times: half of the thread's time is enough for that.
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
