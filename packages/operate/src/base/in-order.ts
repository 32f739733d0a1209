/** Creates a function that runs operations one after another, even if earlier ones fail. */
export const createInOrder = (): (<Result>(run: () => Promise<Result>) => Promise<Result>) => {
  let last: Promise<unknown> = Promise.resolve();
  return async (run) => {
    const running = last.then(run, run);
    last = running.catch(() => undefined);
    return await running;
  };
};
