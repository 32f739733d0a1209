/**
 * Returns the known name that a misspelt name most likely means, or `undefined` if none is close. Names of up to four characters may
 * differ by one character, longer ones by two. Two swapped neighbours count as one difference. Case is ignored. Names of more than 64
 * characters are never close to any.
 *
 * @example
 * closestName('capabilites', ['capabilities', 'config']); // 'capabilities'
 */
export const closestName = (name: string, known: Iterable<string>): string | undefined => {
  if (name.length > LONGEST) return undefined;
  const most = name.length <= SHORT ? 1 : 2;
  let closest: string | undefined;
  let least = most + 1;
  for (const candidate of known) {
    if (candidate === name || Math.abs(candidate.length - name.length) > most) continue;
    const distance = countEdits(name.toLowerCase(), candidate.toLowerCase());
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
};

/**
 * Returns the text to append to a message about an unknown name: ` Did you mean "…"?`, or an empty string if no known name is close.
 *
 * @example
 * hintAt('storge', ['storage']); // ' Did you mean "storage"?'
 */
export const hintAt = (name: string, known: Iterable<string>): string => {
  const closest = closestName(name, known);
  return closest === undefined ? '' : ` Did you mean ${JSON.stringify(closest)}?`;
};

/** Longer names are not compared, because the time grows with the square of the length. */
const LONGEST = 64;
const SHORT = 4;

/** How many characters must be inserted, removed, replaced, or swapped with a neighbour to turn one name into the other. */
const countEdits = (from: string, to: string): number => {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = from[row - 1] === to[column - 1] ? 0 : 1;
      const isSwapped = row > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current[column] = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + replaced,
        isSwapped ? (beforeLast[column - 2] as number) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] as number;
};
