/** A stream of bytes that comes out as lines of text. */
export interface LineStream {
  /** Takes bytes; they are not kept. What `charge` and the receiver throw passes through, the stream stays usable. */
  write(bytes: Buffer): void;
  /** Gives out an incomplete last line. */
  flush(): void;
  /** Forgets an incomplete last line. */
  discard(): void;
}

/** The longest line, in bytes. A longer one comes out in pieces, each a line, cut between characters. */
export const LINE_BYTES = 4096;

/** What handing a line to the host's log is charged as, in bytes: it dwarfs the copying of most lines. */
export const LINE_CHARGE = 1024;

const NEWLINE = 0x0a;

/**
 * Creates a stream that splits at `\n` and decodes UTF-8, bad bytes as U+FFFD. It holds `LINE_BYTES` at most. Each line is
 * charged before it is given out; the bytes themselves are the caller's to charge.
 */
export const createLineStream = (
  receive: (line: string) => void,
  charge: (bytes: number) => void,
): LineStream => {
  // Only once something is written: most guests never use their standard error.
  let pending: Buffer | undefined;
  let used = 0;

  const give = (bytes: Buffer, start: number, end: number): void => {
    const line = bytes.toString('utf8', start, end);
    charge(LINE_CHARGE);
    receive(line);
  };

  const givePending = (buffer: Buffer, end: number): void => {
    const line = buffer.toString('utf8', 0, end);
    // Before anything changes: when this throws, the bytes are still there for `flush`.
    charge(LINE_CHARGE);
    buffer.copyWithin(0, end, used);
    used -= end;
    receive(line);
  };

  const append = (bytes: Buffer, start: number, end: number): void => {
    pending ??= Buffer.alloc(LINE_BYTES);
    let at = start;
    while (at < end) {
      // Not before there is more: a line of exactly this length is one piece.
      if (used === LINE_BYTES) givePending(pending, lastBoundary(pending));
      const count = Math.min(end - at, LINE_BYTES - used);
      bytes.copy(pending, used, at, at + count);
      used += count;
      at += count;
    }
  };

  return {
    write: (bytes) => {
      let start = 0;
      for (;;) {
        const end = bytes.indexOf(NEWLINE, start);
        if (end < 0) break;
        if (used === 0 && end - start <= LINE_BYTES) give(bytes, start, end);
        else {
          append(bytes, start, end);
          if (pending !== undefined) givePending(pending, used);
        }
        start = end + 1;
      }
      append(bytes, start, bytes.length);
    },
    flush: () => {
      if (pending === undefined || used === 0) return;
      const line = pending.toString('utf8', 0, used);
      used = 0;
      receive(line);
    },
    discard: () => {
      used = 0;
    },
  };
};

/** Where a full buffer can be cut without cutting a character: its end, or up to three bytes before it. */
const lastBoundary = (buffer: Buffer): number => {
  const { length } = buffer;
  for (let back = 1; back <= 3; back += 1) {
    const byte = buffer[length - back] ?? 0;
    if (byte < 0x80) return length;
    // A lead byte whose character goes on behind the end.
    if (byte >= 0xc0) return sequenceLength(byte) > back ? length - back : length;
  }
  return length;
};

const sequenceLength = (lead: number): number => {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
};
