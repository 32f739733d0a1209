import { clock } from './clock.ts';

/** Those who wait for something to hold that is looked at only when it may have changed. */
export interface Waiters {
  /** Resolves when it holds, or after `timeoutMs`. */
  until(isDone: () => boolean, timeoutMs: number): Promise<void>;
  /** To be called whenever something may hold now. */
  check(): void;
}

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
