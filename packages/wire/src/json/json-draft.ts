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
export const LONG_STRING = 512;

/** A draft that is being written. */
export interface DraftSheet {
  /** The piece that is being written, and its quotation marks. */
  text: string;
  quotes: number;
  readonly donePieces: string[];
  readonly doneQuotes: number[];
}

/** Begins a draft. */
export const createDraftSheet = (): DraftSheet => ({ text: '', quotes: 0, donePieces: [], doneQuotes: [] });

/** Writes a string. */
export const draftString = (text: string, sheet: DraftSheet): void => {
  if (text.length < LONG_STRING) {
    sheet.text += '"' + text + '"';
    sheet.quotes += 2;
    return;
  }
  sheet.text += '"';
  sheet.quotes += 1;
  endPiece(sheet);
  sheet.donePieces.push(text);
  sheet.doneQuotes.push(0);
  sheet.text = '"';
  sheet.quotes = 1;
};

/** Writes a text that is JSON already. */
export const draftExact = (json: string, sheet: DraftSheet): void => {
  if (!json.includes('"')) {
    sheet.text += json;
    return;
  }
  endPiece(sheet);
  sheet.donePieces.push(json);
  sheet.doneQuotes.push(EXACT_PIECE);
};

/** Ends the draft. */
export const finishDraft = (sheet: DraftSheet, exact: () => string): JsonDraft => {
  endPiece(sheet);
  return { pieces: sheet.donePieces, quotes: sheet.doneQuotes, exact };
};

const endPiece = (sheet: DraftSheet): void => {
  if (sheet.text === '') return;
  sheet.donePieces.push(sheet.text);
  sheet.doneQuotes.push(sheet.quotes);
  sheet.text = '';
  sheet.quotes = 0;
};
