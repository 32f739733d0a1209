/**
 * Work in short steps, so that other work can run between them. A step of metering is one section, or one function of the code section. If
 * a step yields a promise, the next step must wait until the promise settles.
 */
export type Steps<Result = void> = Generator<Promise<unknown> | undefined, Result, undefined>;

/** Runs all steps without a pause. Throws if one of them yields a promise. */
export const runSteps = <Result>(steps: Steps<Result>): Result => {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    if (value !== undefined) throw new Error('a step waits for a promise: run it in turns');
  }
};
