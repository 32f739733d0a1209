/** Limits lines per second, and counts the lines above the limit. */
export interface LineLimit {
  /** Returns how many lines were held back in a window that is over, and resets the count. */
  takeHeldBack(): number;
  /** Returns whether a line may be written now. If not, counts it. */
  admit(): boolean;
  /** Returns how many lines are held back in the current window too. Call it last. */
  end(): number;
}

const WINDOW_MS = 1000;

/**
 * Creates a limit. `now` is a monotonic clock in milliseconds. There are no timers, which could keep the process alive: a window ends with
 * the next line after it.
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
