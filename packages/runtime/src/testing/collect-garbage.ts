import { setTimeout } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bun has its own way, and knows none of V8's flags. */
const findCollector = (): (() => void) => {
  const { Bun: bun } = globalThis as { Bun?: { gc: (isForced: boolean) => void } };
  if (bun !== undefined) return () => bun.gc(true);
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
};

const collectGarbage = findCollector();

/** Plenty: one or two do on an idle machine. */
const TRIES = 500;

/**
 * Collects garbage until `isGone` holds, and tells whether it ever did. Once is not enough: a WeakRef holds its target for a turn, and
 * memory of buffers is given back by another thread, whenever that gets to run. What the calling function has had in its own
 * variables may still be held by it.
 */
export const collectUntil = async (isGone: () => boolean): Promise<boolean> => {
  for (let tried = 0; tried < TRIES; tried += 1) {
    await setTimeout(tried === 0 ? 0 : 10);
    collectGarbage();
    if (isGone()) return true;
  }
  return false;
};
