const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const OPEN_OBJECT = 0x7b;

/** Counts the objects, arrays and keys of a JSON text without parsing it. Stops at `most + 1`. The text need not be valid JSON. */
export const countNodes = (text: string, most: number): number => {
  let nodes = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length && nodes <= most; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) isQuoted = !isQuoted;
    else if (isQuoted) {
      if (code === BACKSLASH) at += 1;
    } else if (code === COLON || code === OPEN_LIST || code === OPEN_OBJECT) nodes += 1;
  }
  return nodes;
};
