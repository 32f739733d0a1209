/** Runs asynchronous work one after the other, in the order in which it was given. */
export interface Lane {
  /** Runs the work once all before it has settled. Settles as the work does. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** Creates a lane. */
export const createLane = (): Lane => {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: async (work) => {
      const own = last.then(work);
      last = own.catch(() => undefined);
      return await own;
    },
  };
};
