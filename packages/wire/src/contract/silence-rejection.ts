/**
 * Keeps a promise that nobody awaits from ending the process when it rejects: an adapter or a default that answers with one was
 * written for another interface. Whatever is given, it never throws. Runtime's twin asks Node, which also knows promises of other realms;
 * nothing here may.
 */
export const silenceRejection = (given: unknown): void => {
  try {
    if (given instanceof Promise) void Promise.prototype.then.call(given, undefined, () => undefined);
  } catch {
    // A proxy, or a constructor of its own, that throws: then nobody can await it either.
  }
};
