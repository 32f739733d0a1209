import type { ContractsDescription } from './contract-description.ts';

/**
 * Writes a description as JSON: two spaces of indentation, keys in the order of the description, BigInts as integers, a line break at
 * the end. Two descriptions of one contract give the same bytes.
 *
 * @example
 * writeFileSync('contracts.json', writeDescription(describeContracts([greet])));
 */
export const writeDescription = (description: ContractsDescription): string => `${write(description, '')}\n`;

const INDENTATION = '  ';

const write = (value: unknown, indentation: string): string => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
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
