import type { z } from 'zod';

/** What zod says of an issue, before or after it has made its own message for it. */
export type Issue = z.core.$ZodIssue | z.core.$ZodRawIssue;

/**
 * Says in words what was expected, without a byte of the value: of an issue only what the schema says of it. zod's own messages are
 * never used: they quote unknown keys, which are payload.
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
