/** Runs operations one after another, whether those before them failed or not. */
export const createInOrder = (): (<Result>(run: () => Promise<Result>) => Promise<Result>) => {
  let last: Promise<unknown> = Promise.resolve();
  return async (run) => {
    const running = last.then(run, run);
    last = running.catch(() => undefined);
    return await running;
  };
};
