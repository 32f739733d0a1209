import { z } from 'zod';

/**
 * The longest string that is matched against a pattern of the schema's author, if no `.max()` stands before the pattern: what a pattern
 * takes may grow with the square of its input, and nothing can interrupt it.
 */
export const MOST_PATTERN_CHARACTERS = 4_096;

/** Shorter strings are checked without a look at the clock. */
export const FREE_CHARACTERS = 1_024;

/** Nanoseconds for a character, at worst, for the formats of zod's own that take the longest. Each grows with its input alone. */
const SLOW_FORMATS: Readonly<Record<string, number>> = { url: 100, base64url: 100, jwt: 60, emoji: 30 };
const NANOSECONDS = 20;

/** Formats whose patterns are zod's own, but for `email`, which takes others too. */
const OWN_FORMATS: ReadonlySet<string> = new Set(
  (
    'base64 base64url cidrv4 cidrv6 credit_card cuid cuid2 date datetime duration e164 emoji ends_with guid iban includes ' +
    'ipv4 ipv6 jwt ksuid lowercase mac nanoid starts_with time ulid uppercase url uuid xid'
  ).split(' '),
);

const OWN_PATTERNS: ReadonlySet<string> = new Set(
  Object.values(z.regexes).flatMap((pattern: unknown) => (pattern instanceof RegExp ? [pattern.source] : [])),
);

/** Whether the author of a schema wrote what a format's strings are matched against, so that nobody knows what it takes. */
export const isAuthorsPattern = (format: string | undefined, pattern: RegExp | undefined): boolean =>
  format === undefined || !OWN_FORMATS.has(format)
    ? pattern === undefined || !OWN_PATTERNS.has(pattern.source)
    : false;

/** Milliseconds that one of zod's own formats takes at most for so many characters. */
export const formatCostMs = (format: string | undefined, characters: number): number =>
  (characters * (SLOW_FORMATS[format ?? ''] ?? NANOSECONDS)) / 1e6;
