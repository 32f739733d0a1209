/** The fields of an error, or the result if there was no error. */
export type Failure = Record<string, unknown>;

/** Returns the fields and message of the error with which a promise rejects. If it resolves, returns its value. */
export const failureOf = async (running: Promise<unknown>): Promise<Failure> =>
  await running.then((answer) => ({ answer }), fieldsOf);

/** Returns the fields and message of the error that a call throws. If it returns, returns its result. */
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
