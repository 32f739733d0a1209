const INDENTATION = '  ';

/**
 * Writes a value as JSON for people to read: indented by two spaces, keys in their own order, BigInts as integers. Keys whose value is
 * `undefined` are left out. No line break is added at the end.
 *
 * @example
 * indentJson({ id: 12345678901234567890n }); // '{\n  "id": 12345678901234567890\n}'
 */
export const indentJson = (value: unknown): string => write(value, '');

const write = (value: unknown, indentation: string): string => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const isList = Array.isArray(value);
  const inner = indentation + INDENTATION;
  const parts = isList
    ? value.map((item) => write(item, inner))
    : Object.entries(value)
        .filter(([, part]) => part !== undefined)
        .map(([key, part]) => `${JSON.stringify(key)}: ${write(part, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indentation}${close}`;
};
