/** Resolves after one turn of the event loop, without a timer. */
export const turn = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};
