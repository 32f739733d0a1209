import type { z } from 'zod';

import { defOf } from './check-schema.ts';

/** The first issues are enough to find the fault; the rest is counted. */
const SHOWN_ISSUES = 3;

/**
 * Says in words why a value does not fit, from zod's issues, without a byte of the value: paths show only keys that the
 * schema names (`*` for a record's key, `[]` for an index), and of each issue only what the schema says of it. zod's own
 * messages are never used: they quote unknown keys, which are payload.
 */
export const describeIssues = (
  schema: z.ZodType,
  root: string,
  issues: readonly z.core.$ZodIssue[],
): string => {
  const shown = issues
    .slice(0, SHOWN_ISSUES)
    .map((issue) => `${safePath(schema, root, issue.path)}: ${describe(issue)}`);
  const more = issues.length - shown.length;
  return shown.join('; ') + (more > 0 ? `; and ${more} more` : '');
};

const describe = (issue: z.core.$ZodIssue): string => {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'unrecognized_keys':
      return issue.keys.length === 1
        ? 'has a key that the schema does not name'
        : `has ${issue.keys.length} keys that the schema does not name`;
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

const safePath = (schema: z.ZodType, root: string, path: readonly PropertyKey[]): string => {
  let text = root;
  let at: z.ZodType | undefined = schema;
  for (const key of path) {
    const step: Step = at === undefined ? UNNAMED : enter(at, key);
    text += step.text;
    at = step.schema;
  }
  return text;
};

interface Step {
  readonly text: string;
  readonly schema: z.ZodType | undefined;
}

const UNNAMED: Step = { text: '.*', schema: undefined };

const enter = (schema: z.ZodType, key: PropertyKey): Step => {
  const def = defOf(schema);
  switch (def.type) {
    case 'object': {
      const part =
        typeof key === 'string' && Object.hasOwn(def.shape ?? {}, key) ? def.shape?.[key] : undefined;
      return part === undefined ? UNNAMED : { text: `.${String(key)}`, schema: part };
    }
    case 'record':
      return { text: '.*', schema: def.valueType };
    case 'array':
      return { text: '[]', schema: def.element };
    case 'tuple':
      return {
        text: '[]',
        schema: typeof key === 'number' ? (def.items?.[key] ?? def.rest ?? undefined) : undefined,
      };
    case 'union':
      return firstNamed(def.options ?? [], key);
    case 'intersection':
      return firstNamed([def.left, def.right], key);
    case 'lazy':
      return firstNamed([def.getter?.()], key);
    case 'pipe':
      return firstNamed([def.in], key);
    default:
      return firstNamed([def.innerType], key);
  }
};

const firstNamed = (schemas: readonly (z.ZodType | undefined)[], key: PropertyKey): Step => {
  for (const schema of schemas) {
    if (schema === undefined) continue;
    const step = enter(schema, key);
    if (step !== UNNAMED) return step;
  }
  return UNNAMED;
};
