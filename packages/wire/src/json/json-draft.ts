/**
 * A JSON text in pieces, written on the assumption that no string in it needs an escape, which is nearly always true. Checking each string
 * for escapes costs more than all other steps of writing. The code that stores the text can check a whole piece at once
 * (RATIONALE.md, "Why is a request written as a draft?").
 */
export interface JsonDraft {
  /** The pieces of the text, in order. They are valid JSON only if {@link JsonDraft.quotes} is right for each. A long string is one piece. */
  readonly pieces: readonly string[];
  /**
   * The number of quotation marks in each piece if none of its strings needs an escape. If a piece contains more, or a backslash, a control
   * character or a lone surrogate, use `exact` instead of the pieces. {@link EXACT_PIECE} marks a piece that needs no check.
   */
  readonly quotes: readonly number[];
  /** Returns the text with every string escaped. */
  exact(): string;
}

/** Used in {@link JsonDraft.quotes} instead of a count: this piece was written by `JSON.stringify` and needs no check. */
export const EXACT_PIECE = -1;

/** Strings of at least this many characters become separate pieces. Joining shorter ones costs less than one more copy. */
const LONG_STRING = 512;

/** The finished part of a draft. The text that is being written is passed from function to function instead, which is faster. */
export interface DraftSheet {
  /** The number of quotation marks in the text that is being written. */
  quotes: number;
  readonly donePieces: string[];
  readonly doneQuotes: number[];
}

/** Creates an empty draft. */
export const createDraftSheet = (): DraftSheet => ({ quotes: 0, donePieces: [], doneQuotes: [] });

/**
 * Adds a string to the text and returns the text to continue with. The text must end with the opening quotation mark. The caller adds the
 * closing one, together with what comes next. Both marks are counted here.
 */
export const draftString = (value: string, text: string, sheet: DraftSheet): string => {
  if (value.length < LONG_STRING) {
    sheet.quotes += 2;
    return text + value;
  }
  sheet.donePieces.push(text, value);
  sheet.doneQuotes.push(sheet.quotes + 1, 0);
  sheet.quotes = 1;
  return '';
};

/** Adds finished JSON to the text and returns the text to continue with. */
export const draftExact = (json: string, text: string, sheet: DraftSheet): string => {
  if (!json.includes('"')) return text + json;
  sheet.donePieces.push(text, json);
  sheet.doneQuotes.push(sheet.quotes, EXACT_PIECE);
  sheet.quotes = 0;
  return '';
};

/** Finishes the draft with the last part of its text. */
export const finishDraft = (text: string, sheet: DraftSheet, exact: () => string): JsonDraft => {
  sheet.donePieces.push(text);
  sheet.doneQuotes.push(sheet.quotes);
  return { pieces: sheet.donePieces, quotes: sheet.doneQuotes, exact };
};
