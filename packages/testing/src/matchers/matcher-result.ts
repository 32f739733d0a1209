/** What a matcher tells vitest. */
export interface MatcherResult {
  readonly pass: boolean;
  message(): string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** What a matcher needs of vitest's `this`. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly equals: (one: unknown, other: unknown) => boolean;
}
