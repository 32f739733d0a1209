/** C0 and C1 control characters, and those that change the direction of text. */
const CONTROLS = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Makes text of a plugin safe for a terminal. Control characters, which could move the cursor or hide text, are replaced by `·`. Line
 * breaks are kept if `keepsLines` is true.
 */
export const plainText = (text: string, keepsLines = false): string =>
  text.replaceAll(CONTROLS, (control) => (keepsLines && control === '\n' ? control : '·'));
