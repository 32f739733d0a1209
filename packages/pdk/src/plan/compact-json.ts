import type { DescribedJson } from '@plugwire/wire';

/**
 * Returns a value as compact JSON and keeps the order of its keys. BigInts become integers. Doubles are written as JavaScript writes them,
 * because kits do the same. `stringifyExactJson` writes doubles beyond 2^53 − 1 with an exponent, so a self-check would find a difference.
 */
export const compactJson = (value: DescribedJson): string => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`;
  const keys = Object.entries(value as Readonly<Record<string, DescribedJson>>);
  return `{${keys.map(([key, part]) => `${JSON.stringify(key)}:${compactJson(part)}`).join(',')}}`;
};
