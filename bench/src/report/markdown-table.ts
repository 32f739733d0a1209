/** Returns a Markdown table. Columns of numbers are aligned to the right. */
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

/** Returns a number with three significant digits and without an exponent. Measured times are not more precise. */
export const digits = (value: number | undefined): string => {
  if (value === undefined || !Number.isFinite(value)) return '';
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
};

/** Returns bytes in a readable unit. */
export const sizeText = (bytes: number): string => (bytes < 1024 ? `${bytes} B` : `${bytes / 1024} KB`);
