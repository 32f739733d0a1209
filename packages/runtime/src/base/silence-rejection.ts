import { types } from 'node:util';

/** Prevents the process from ending when a promise rejects that nobody awaits. Accepts any value. Never throws. */
export const silenceRejection = (given: unknown): void => {
  if (!types.isPromise(given)) return;
  try {
    void Promise.prototype.then.call(given, undefined, () => undefined);
  } catch {
    // The promise has a constructor that throws, so nobody can await it.
  }
};
