/** At most so many lines a second; the rest is counted. */
export interface LineLimit {
  /** How many lines were held back in a window that is over, once. */
  takeHeldBack(): number;
  /** Whether a line may be written now. */
  admit(): boolean;
  /** How many are held back by now, once: nobody will ask again. */
  end(): number;
}

const WINDOW_MS = 1000;

/**
 * Creates a limit over a monotonic clock of milliseconds. It has no timers, which could keep a process alive: a window ends
 * when the next line comes.
 */
export const createLineLimit = (linesPerSecond: number, now: () => number): LineLimit => {
  let startedMs = -Infinity;
  let written = 0;
  let heldBack = 0;

  const end = (): number => {
    const count = heldBack;
    heldBack = 0;
    return count;
  };

  return {
    takeHeldBack: () => {
      const atMs = now();
      if (atMs - startedMs < WINDOW_MS) return 0;
      startedMs = atMs;
      written = 0;
      return end();
    },
    admit: () => {
      if (written >= linesPerSecond) {
        heldBack += 1;
        return false;
      }
      written += 1;
      return true;
    },
    end,
  };
};
