/** One turn of the event loop, without a clock. */
export const turn = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};
