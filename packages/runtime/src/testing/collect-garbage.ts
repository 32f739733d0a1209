import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bun has a separate function, and does not support V8's flags. */
const findCollector = (): (() => void) => {
  const { Bun: bun } = globalThis as { Bun?: { gc: (isForced: boolean) => void } };
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

const collectGarbage = findCollector();

/** The most attempts. One or two are enough on an idle machine. */
const TRIES = 500;

/**
 * Collects garbage until `isGone` returns true. Returns whether it did. One collection is not enough: a WeakRef holds its target for one
 * turn, and another thread releases the memory of buffers later. Variables of the calling function may still hold objects.
 */
export const collectUntil = async (isGone: () => boolean): Promise<boolean> => {
  for (let tried = 0; tried < TRIES; tried += 1) {
    await setTimeout(tried === 0 ? 0 : 10);
    collectGarbage();
    if (isGone()) return true;
  }
  return false;
};
