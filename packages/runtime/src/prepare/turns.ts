import { clock } from '../base/clock.ts';
import type { Steps } from '../metering/steps.ts';

/** How long a thread works on loads before it lets other work run, in milliseconds. */
const TURN_MS = 4;

/** Runs the work of all loads in short pieces, so that it never blocks the event loop for long. */
export interface Turns {
  /** Runs steps in the next turns of the event loop, in turn with other work. Rejects with what a step throws. */
  run<Result>(steps: Steps<Result>): Promise<Result>;
  /** The same, but only in turns in which there is no other work. */
  runLast<Result>(steps: Steps<Result>): Promise<Result>;
  /** Waits for the next turn of the event loop. */
  next(): Promise<void>;
}

interface Job {
  /** Runs one step. Returns a promise if the next step waits for it. */
  step(): Promise<unknown> | 'more' | 'done';
}

/** Creates the turns of a thread. Each thread has one, so that all work shares it. */
export const createTurns = (turnMs: number = TURN_MS): Turns => {
  const jobs: Job[] = [];
  const lastJobs: Job[] = [];
  let isScheduled = false;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    clock.setImmediate(takeTurn);
  };

  /** The first job runs until the turn is over, and then goes to the end of the queue. */
  const takeTurn = (): void => {
    isScheduled = false;
    const endMs = clock.nowMs() + turnMs;
    do {
      const queue = jobs.length > 0 ? jobs : lastJobs;
      const job = queue.shift();
      if (job === undefined) return;
      let state = job.step();
      while (state === 'more' && clock.nowMs() < endMs) state = job.step();
      if (state === 'more') queue.push(job);
      else if (state !== 'done') void state.then(() => add(queue, job));
    } while (clock.nowMs() < endMs);
    if (jobs.length + lastJobs.length > 0) schedule();
  };

  const add = (queue: Job[], job: Job): void => {
    queue.push(job);
    schedule();
  };

  const runIn = async <Result>(queue: Job[], steps: Steps<Result>): Promise<Result> =>
    await new Promise((resolve, reject) => {
      const step = (): ReturnType<Job['step']> => {
        try {
          const { done, value } = steps.next();
          if (done !== true) return value ?? 'more';
          resolve(value);
        } catch (error) {
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- passes on what was thrown
          reject(error);
        }
        return 'done';
      };
      add(queue, { step });
    });

  return {
    run: async (steps) => await runIn(jobs, steps),
    runLast: async (steps) => await runIn(lastJobs, steps),
    next: async () => {
      await new Promise<void>((resolve) => {
        clock.setImmediate(resolve);
      });
    },
  };
};
