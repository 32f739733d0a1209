import { clock } from './clock.ts';

/** Lets callers wait for conditions, which are checked only when they may have changed. */
export interface Waiters {
  /** Resolves when the condition is true, or after `timeoutMs`. */
  until(isDone: () => boolean, timeoutMs: number): Promise<void>;
  /** Call this whenever a condition may have become true. */
  check(): void;
}

/** Creates an empty set of waiters. */
export const createWaiters = (): Waiters => {
  const checks = new Set<() => void>();
  return {
    until: (isDone, timeoutMs) =>
      new Promise((resolve) => {
        const end = (): void => {
          clock.clearTimeout(timer);
          checks.delete(check);
          resolve();
        };
        const check = (): void => {
          if (isDone()) end();
        };
        const timer = clock.setTimeout(end, timeoutMs);
        checks.add(check);
        check();
      }),
    check: () => {
      for (const check of checks) check();
    },
  };
};
