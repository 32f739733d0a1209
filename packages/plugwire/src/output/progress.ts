import type { Writable } from 'node:stream';

/** A progress line. */
export interface Progress {
  /** Shows that `done` of `total` steps are done. */
  show(done: number, total: number): void;
  /** Erases the line. */
  end(): void;
}

/** The shortest time between two updates, in milliseconds, to avoid flicker. */
const UPDATE_MS = 100;

const ERASE_LINE = '\r\u001B[2K';

/** Creates a progress line, which overwrites itself on a terminal. Writes nothing if the stream is not a terminal. */
export const createProgress = (stream: Writable & { readonly isTTY?: boolean }, title: string): Progress => {
  if (stream.isTTY !== true) return { show: () => undefined, end: () => undefined };
  let shownMs = 0;
  let isShown = false;
  return {
    show: (done, total) => {
      const now = Date.now();
      if (now - shownMs < UPDATE_MS) return;
      shownMs = now;
      isShown = true;
      stream.write(`${ERASE_LINE}${title} ${Math.floor((100 * done) / Math.max(1, total))} %`);
    },
    end: () => {
      if (isShown) stream.write(ERASE_LINE);
      isShown = false;
    },
  };
};
