/**
 * Characters that a terminal or a log reader could interpret: control characters, marks that change the writing direction, and
 * separators of lines and paragraphs.
 */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
const HARMFUL = /[\u0000-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/g;

/** Unicode's visible symbols for control characters, in the same order. */
const PICTURES = 0x2400;
const DELETE = 0x7f;
const PICTURE_OF_DELETE = '\u2421';
const REPLACEMENT = '\uFFFD';

/** Returns a guest's line with every such character replaced by a visible symbol, such as `\n` by `␊`. */
export const escapeLogLine = (text: string): string =>
  text.replace(HARMFUL, (character) => {
    const code = character.charCodeAt(0);
    if (code < 0x20) return String.fromCharCode(PICTURES + code);
    return code === DELETE ? PICTURE_OF_DELETE : REPLACEMENT;
  });
