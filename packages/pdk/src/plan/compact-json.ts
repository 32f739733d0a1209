import type { DescribedJson } from '@plugwire/wire';

/**
 * A value as compact JSON, in the order of its keys. BigInts become integers. Doubles are written as JavaScript writes them, since kits do so
 * too: `stringifyExactJson` gives those beyond 2^53 − 1 an exponent, and a self-check would then find a difference.
 */
export const compactJson = (value: DescribedJson): string => {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(compactJson).join(',')}]`;
  const keys = Object.entries(value as Readonly<Record<string, DescribedJson>>);
  return `{${keys.map(([key, part]) => `${JSON.stringify(key)}:${compactJson(part)}`).join(',')}}`;
};
