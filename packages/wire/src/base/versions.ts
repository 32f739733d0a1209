import { PROTOCOL_LIMITS } from './limits.ts';

/** Whether `value` is a valid version: an integer from 1 to 65,535 (protocol §2). Never throws. */
export const isVersion = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PROTOCOL_LIMITS.highestVersion;

/**
 * Returns the version that host and plugin use for a function: the highest that both list, or `undefined` if they share none. The host
 * computes it itself and does not rely on the plugin's choice.
 *
 * @example highestCommonVersion([1, 2, 3], [2, 1]) // 2
 */
export const highestCommonVersion = (
  ours: Iterable<number>,
  theirs: Iterable<number>,
): number | undefined => {
  const known = new Set(ours);
  let highest: number | undefined;
  for (const version of theirs) {
    if (known.has(version) && (highest === undefined || version > highest)) highest = version;
  }
  return highest;
};
