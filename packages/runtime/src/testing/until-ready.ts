import type { Plugin } from '../plugin/plugin.ts';

/** More turns than making an instance ever takes. */
const MAX_TURNS = 10_000;
/** Enough for the live instance and its spare, one made a turn. */
const SETTLING_TURNS = 200;

/** One turn of the event loop, without a clock. */
export const turn = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};

/** Waits until the live instances of every open sandbox and their spares are there. */
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

/** Waits until the plugin has an instance for the next call. */
export const untilReady = async (plugin: Plugin): Promise<void> =>
  await until(() => plugin.health().status === 'ready');
