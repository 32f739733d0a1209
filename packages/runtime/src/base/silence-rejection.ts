import { types } from 'node:util';

/** Keeps a promise that nobody awaits from ending the process when it rejects. Whatever is given, it never throws. */
export const silenceRejection = (given: unknown): void => {
  if (!types.isPromise(given)) return;
  try {
    void Promise.prototype.then.call(given, undefined, () => undefined);
  } catch {
    // A constructor of its own that throws: then nobody can await it either.
  }
};
