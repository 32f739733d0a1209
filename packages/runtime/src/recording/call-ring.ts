/** A ring of texts. It drops the oldest when there are too many texts or bytes. */
export interface CallRing {
  /** Adds a text. Returns false if the text alone is larger than the ring. */
  add(text: string): boolean;
  /** Returns the texts, oldest first. */
  texts(): readonly string[];
  clear(): void;
}

/** Creates a ring with at most `mostCalls` texts and `mostBytes` bytes in total. */
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
