import { stripVTControlCharacters } from 'node:util';

/** The alignment of a column: `left` for text, `right` for numbers. */
export type Alignment = 'left' | 'right';

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Formats rows as columns, two spaces apart. The last column is not padded. Cells may contain colour codes. */
export const layTable = (
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[] = [],
): string[] => {
  const count = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const widths = Array.from({ length: count }, (_, at) =>
    rows.reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
  );
  return rows.map((row) =>
    row
      .map((cell, at) => {
        const padding = ' '.repeat((widths[at] ?? 0) - widthOf(cell));
        if (alignments[at] === 'right') return padding + cell;
        return at === row.length - 1 ? cell : cell + padding;
      })
      .join('  ')
      .trimEnd(),
  );
};

/** Wraps a text into lines of at most `width` characters, each starting with `indentation`. */
export const wrapText = (text: string, width: number, indentation = ''): string[] => {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && widthOf(indentation) + widthOf(line) + 1 + widthOf(word) > width) {
        lines.push(indentation + line);
        line = word;
      } else line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(indentation + line);
  }
  return lines;
};
