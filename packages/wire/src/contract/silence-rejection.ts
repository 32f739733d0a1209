/**
 * Handles the rejection of a promise that an adapter or a default returned by mistake. Nobody awaits it, and an unhandled rejection would end
 * the process. Never throws. The runtime has a similar function that also recognises promises of other realms with a Node API; this package
 * uses none.
 */
export const silenceRejection = (given: unknown): void => {
  try {
    if (given instanceof Promise) void Promise.prototype.then.call(given, undefined, () => undefined);
  } catch {
    // A proxy or a custom constructor threw. Such a promise cannot be awaited either.
  }
};
