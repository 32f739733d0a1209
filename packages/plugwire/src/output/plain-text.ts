/** C0 and C1 controls, and those that change the direction of text. */
const CONTROLS = /[\p{Cc}\u061C\u200E\u200F\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Makes text that a plugin wrote harmless for a terminal: control characters, which could move the cursor or hide what stands there,
 * become dots. Line breaks stay where `keepsLines` says so.
 */
export const plainText = (text: string, keepsLines = false): string =>
  text.replaceAll(CONTROLS, (control) => (keepsLines && control === '\n' ? control : '·'));
