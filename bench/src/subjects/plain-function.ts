import type { Subject } from './subject.ts';

/** What an extension costs that is not isolated at all: a call of a function that gives a new object. */
export const createPlainFunction = (answer: object): Subject => ({
  run: (message) => (message === answer ? { ...message } : { ...answer }),
  close: async () => undefined,
});
