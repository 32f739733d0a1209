/** A stream that turns bytes into lines of text. */
export interface LineStream {
  /** Adds bytes and does not keep the buffer. Throws what `charge` and the receiver throw. The stream stays usable. */
  write(bytes: Buffer): void;
  /** Passes an incomplete last line to the receiver. */
  flush(): void;
  /** Discards an incomplete last line. */
  discard(): void;
}

/** The longest line, in bytes. A longer line is split into several lines, between characters. */
export const LINE_BYTES = 4096;

/** The charge for passing a line to the host's log, in bytes. For most lines, this takes much longer than copying them. */
export const LINE_CHARGE = 1024;

const NEWLINE = 0x0a;

/**
 * Creates a stream that splits at `\n` and decodes UTF-8, with U+FFFD for invalid bytes. It keeps at most `LINE_BYTES`. It charges each
 * line before it passes it on. The caller charges the bytes.
 */
export const createLineStream = (
  receive: (line: string) => void,
  charge: (bytes: number) => void,
): LineStream => {
  // Allocated at the first write, because most guests never use their standard error.
  let pending: Buffer | undefined;
  let used = 0;

  const give = (bytes: Buffer, start: number, end: number): void => {
    const line = bytes.toString('utf8', start, end);
    charge(LINE_CHARGE);
    receive(line);
  };

  const givePending = (buffer: Buffer, end: number): void => {
    const line = buffer.toString('utf8', 0, end);
    // Charge before the buffer changes. If this throws, `flush` still finds the bytes.
    charge(LINE_CHARGE);
    buffer.copyWithin(0, end, used);
    used -= end;
    receive(line);
  };

  const append = (bytes: Buffer, start: number, end: number): void => {
    pending ??= Buffer.alloc(LINE_BYTES);
    let at = start;
    while (at < end) {
      // Split only if more bytes follow: a line of exactly this length is not split.
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

/** Returns where a full buffer can be split between two characters: at its end, or up to three bytes before it. */
const lastBoundary = (buffer: Buffer): number => {
  const { length } = buffer;
  for (let back = 1; back <= 3; back += 1) {
    const byte = buffer[length - back] ?? 0;
    if (byte < 0x80) return length;
    // The lead byte of a character, which may continue after the end.
    if (byte >= 0xc0) return sequenceLength(byte) > back ? length - back : length;
  }
  return length;
};

const sequenceLength = (lead: number): number => {
  if (lead >= 0xf0) return 4;
  return lead >= 0xe0 ? 3 : 2;
};
