/** What a matcher returns to vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** The part of vitest's `this` that matchers use. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly equals: (one: unknown, other: unknown) => boolean;
}
