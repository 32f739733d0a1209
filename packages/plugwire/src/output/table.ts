import { stripVTControlCharacters } from 'node:util';

/** How a column lies: texts to the left, numbers to the right. */
export type Alignment = 'left' | 'right';

const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Lays rows out in columns, two blanks apart. The last column is not padded. Cells may have colours. */
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

/** Breaks a text into lines of at most `width` characters, each behind `indentation`. */
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
