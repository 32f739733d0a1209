/**
 * Whether none of eight bytes is a quote, a backslash, a control character or above ASCII, so that a JSON string needs no escape for
 * them. The result may be a false "no", so callers then check single bytes.
 */
export function isPlainWord(word: u64): bool {
  const ones: u64 = 0x0101010101010101;
  const quotes = (word ^ (ones * 0x22)) - ones;
  const escapes = (word ^ (ones * 0x5c)) - ones;
  return ((word | (word - ones * 0x20) | quotes | escapes) & (ones * 0x80)) == 0;
}
