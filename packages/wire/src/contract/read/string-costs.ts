import { z } from 'zod';

/**
 * The longest string, in characters, that is matched against a pattern of the schema's author without a `.max()` before the pattern. The time
 * for a pattern can grow with the square of its input or faster, and nothing can interrupt it.
 */
export const MOST_PATTERN_CHARACTERS = 4_096;

/** Strings of up to this many characters are checked without reading the clock. */
export const FREE_CHARACTERS = 1_024;

/** The slowest formats of zod, in nanoseconds per character at worst. Their time grows linearly with the input. */
const SLOW_FORMATS: Readonly<Record<string, number>> = { url: 100, base64url: 100, jwt: 60, emoji: 30 };
const NANOSECONDS = 20;

/** Formats that always use zod's own pattern. `email` is missing because it also accepts other patterns. */
const OWN_FORMATS: ReadonlySet<string> = new Set(
  (
    'base64 base64url cidrv4 cidrv6 credit_card cuid cuid2 date datetime duration e164 emoji ends_with guid iban includes ' +
    'ipv4 ipv6 jwt ksuid lowercase mac nanoid starts_with time ulid uppercase url uuid xid'
  ).split(' '),
);

const OWN_PATTERNS: ReadonlySet<string> = new Set(
  Object.values(z.regexes).flatMap((pattern: unknown) => (pattern instanceof RegExp ? [pattern.source] : [])),
);

/** Whether the author of a schema wrote the pattern of a format, so that its cost is unknown. */
export const isAuthorsPattern = (format: string | undefined, pattern: RegExp | undefined): boolean =>
  format === undefined || !OWN_FORMATS.has(format)
    ? pattern === undefined || !OWN_PATTERNS.has(pattern.source)
    : false;

/** Returns how many milliseconds one of zod's own formats needs at most for this many characters. */
export const formatCostMs = (format: string | undefined, characters: number): number =>
  (characters * (SLOW_FORMATS[format ?? ''] ?? NANOSECONDS)) / 1e6;
