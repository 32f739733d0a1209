/**
 * A JSON text in pieces, written as if no string in it needed an escape, which is nearly always so. To look for escapes in each
 * string costs more than all the rest of writing; who stores the text can tell for a whole piece at once, where it lies
 * (RATIONALE.md, "Why is a request written as a draft?").
 */
export interface JsonDraft {
  /** One after another they are the text, if {@link JsonDraft.quotes} holds for each of them. Long strings stand alone. */
  readonly pieces: readonly string[];
  /**
   * How many quotation marks each piece has if none of its strings needs an escape. One that has more, or a backslash, a control
   * character or half a surrogate pair, is not the text: take `exact`. {@link EXACT_PIECE} for a piece that is right as it is.
   */
  readonly quotes: readonly number[];
  /** The text, whatever is in it. */
  exact(): string;
}

/** In place of a number of quotation marks: `JSON.stringify` wrote this piece. */
export const EXACT_PIECE = -1;

/** From this many characters on a string is a piece of its own: below, joining costs less than one more copy. */
const LONG_STRING = 512;

/** What of a draft is behind the text that is being written: that one goes from hand to hand, which is quicker. */
export interface DraftSheet {
  /** Quotation marks of the text that is being written. */
  quotes: number;
  readonly donePieces: string[];
  readonly doneQuotes: number[];
}

/** Begins a draft. */
export const createDraftSheet = (): DraftSheet => ({ quotes: 0, donePieces: [], doneQuotes: [] });

/**
 * Adds a string to the text, whose last character is its first quotation mark; the caller adds the other one, joined to what comes
 * next. Both are counted here.
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

/** Adds JSON to the text. */
export const draftExact = (json: string, text: string, sheet: DraftSheet): string => {
  if (!json.includes('"')) return text + json;
  sheet.donePieces.push(text, json);
  sheet.doneQuotes.push(sheet.quotes, EXACT_PIECE);
  sheet.quotes = 0;
  return '';
};

/** Ends the draft with the last of its text. */
export const finishDraft = (text: string, sheet: DraftSheet, exact: () => string): JsonDraft => {
  sheet.donePieces.push(text);
  sheet.doneQuotes.push(sheet.quotes);
  return { pieces: sheet.donePieces, quotes: sheet.doneQuotes, exact };
};
