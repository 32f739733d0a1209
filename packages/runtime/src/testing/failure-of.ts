/** What an error says of itself, or what came in its place. */
export type Failure = Record<string, unknown>;

/** How something ended that should reject: its error's fields and message, or else what it resolved to. */
export const failureOf = async (running: Promise<unknown>): Promise<Failure> =>
  await running.then((answer) => ({ answer }), fieldsOf);

/** How a call ended that should throw, likewise. */
export const failureOfCall = (call: () => unknown): Failure => {
  try {
    return { answer: call() };
  } catch (error) {
    return fieldsOf(error);
  }
};

const fieldsOf = (error: unknown): Failure => ({
  ...(error as object),
  message: (error as Error).message,
});
