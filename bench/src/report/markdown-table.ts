/** A Markdown table: columns that are numbers stand to the right. */
export const markdownTable = (
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] => {
  const isNumber = head.map((_, column) => rows.every((row) => /^-?[\d.]+$|^$/.test(String(row[column]))));
  return [
    `| ${head.join(' | ')} |`,
    `| ${isNumber.map((right) => (right ? '---:' : '---')).join(' | ')} |`,
    ...rows.map((row) => `| ${row.join(' | ')} |`),
  ];
};

/** Three significant digits, without an exponent: measured times do not have more. */
export const digits = (value: number | undefined): string => {
  if (value === undefined || !Number.isFinite(value)) return '';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

/** Bytes as people say them. */
export const sizeText = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KB`);
