/** The one of `@plugwire/testing`, whose sources are not for this package but for its tests. */
export { untilReady } from '../../../testing/src/until-ready.ts';

/** More turns than making an instance ever takes. */
const MAX_TURNS = 100_000;
/** Enough for the live instance and its spares, one made a turn. */
const SETTLING_TURNS = 200;

/** One turn of the event loop, without a clock. */
export const turn = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};

/**
 * Waits until the live instances of every open sandbox and their spares are there. Nothing tells that a spare is there: where the
 * next call's instance will do, `untilReady` and `untilInstance` see it.
 */
export const settle = async (): Promise<void> => {
  for (let turns = 0; turns < SETTLING_TURNS; turns += 1) await turn();
};

/** Waits, turn by turn, until this holds. Throws if it never does. */
export const until = async (holds: () => boolean): Promise<void> => {
  for (let turns = 0; turns < MAX_TURNS; turns += 1) {
    if (holds()) return;
    await turn();
  }
  throw new Error(`it did not come about within ${MAX_TURNS} turns`);
};
