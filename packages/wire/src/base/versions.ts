import { PROTOCOL_LIMITS } from './limits.ts';

/** Whether `value` is a version of the protocol: an integer in 1..=65535. */
export const isVersion = (value: unknown): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PROTOCOL_LIMITS.highestVersion;

/**
 * The version that a function runs at: the highest that both sides list, or `undefined` where they share none. The host
 * computes it for itself and never trusts the plugin's choice.
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
