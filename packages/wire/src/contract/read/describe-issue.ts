import type { z } from 'zod';

/** An issue of zod, with or without its message. */
export type Issue = z.core.$ZodIssue | z.core.$ZodRawIssue;

/**
 * Describes what was expected, without any part of the value. It uses only what the schema says about the issue. zod's own messages are never
 * used, because they quote unknown keys, which are payload.
 */
export const describeIssue = (issue: Issue | undefined): string => {
  if (issue === undefined) return 'does not fit';
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'unrecognized_keys':
      return 'has a key that the schema does not name';
    case 'too_small':
      return `expected at least ${String(issue.minimum)} (${issue.origin})`;
    case 'too_big':
      return `expected at most ${String(issue.maximum)} (${issue.origin})`;
    case 'not_multiple_of':
      return `expected a multiple of ${String(issue.divisor)}`;
    case 'invalid_format':
      return `expected the format ${issue.format}`;
    case 'invalid_value':
      return 'expected one of the values that the schema lists';
    case 'invalid_union':
      return 'fits none of the options';
    case 'invalid_key':
      return 'has a key that does not fit';
    case 'invalid_element':
      return 'has an element that does not fit';
    case 'custom':
      return 'refused by a check of the schema';
    default:
      return 'does not fit';
  }
};
