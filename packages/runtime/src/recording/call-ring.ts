/** Texts, of which the oldest go when there are too many or too much. */
export interface CallRing {
  /** Adds one; false if it alone is too large. */
  add(text: string): boolean;
  /** Oldest first. */
  texts(): readonly string[];
  clear(): void;
}

/** A ring of at most so many texts, and so many bytes in all. */
export const createCallRing = (mostCalls: number, mostBytes: number): CallRing => {
  let texts: { readonly text: string; readonly bytes: number }[] = [];
  let bytesInAll = 0;
  return {
    add: (text) => {
      const bytes = Buffer.byteLength(text);
      if (bytes > mostBytes) return false;
      texts.push({ text, bytes });
      bytesInAll += bytes;
      let gone = 0;
      while (texts.length - gone > mostCalls || bytesInAll > mostBytes) {
        bytesInAll -= texts[gone]?.bytes ?? 0;
        gone += 1;
      }
      if (gone > 0) texts = texts.slice(gone);
      return true;
    },
    texts: () => texts.map(({ text }) => text),
    clear: () => {
      texts = [];
      bytesInAll = 0;
    },
  };
};
