import { z } from 'zod';

import { type Check, type CheckDef, checksOf, defOf } from '../../shape/schema-def.ts';
import { describeIssue } from './describe-issue.ts';
import type { Read, ReaderContext } from './reader.ts';
import { FREE_CHARACTERS, formatCostMs, isAuthorsPattern, MOST_PATTERN_CHARACTERS } from './string-costs.ts';
import { MISFIT } from './walk.ts';

/**
 * Creates the reader for a schema's checks. It runs after the value's type was checked, and stops at the first check that fails. A `.max()`
 * therefore protects the checks after it from long input. Returns `undefined` if the schema has no checks.
 */
export const createChecks = (schema: z.ZodType, context: ReaderContext): Read | undefined =>
  joinChecks(checksOf(schema), context);

/** Like {@link createChecks}, but only for checks with a custom `when`. zod runs these even if the value does not fit otherwise. */
export const createConditionalChecks = (schema: z.ZodType, context: ReaderContext): Read | undefined =>
  joinChecks(
    checksOf(schema).filter(({ _zod }) => hasOwnWhen(_zod.def)),
    context,
  );

const joinChecks = (checks: readonly Check[], context: ReaderContext): Read | undefined => {
  const [first, ...others] = checks.map((check) => createCheck(check, mostBefore(checks, check), context));
  if (first === undefined || others.length === 0) return first;
  const all = [first, ...others];
  return (value, level, walk) => {
    let checked = value;
    for (const check of all) {
      checked = check(checked, level, walk);
      if (checked === MISFIT) return MISFIT;
    }
    return checked;
  };
};

/** The length of the longest string that passes the checks before this one. */
const mostBefore = (checks: readonly Check[], check: Check): number =>
  Math.min(
    ...checks.slice(0, checks.indexOf(check)).map(({ _zod: { def } }) => {
      if (def.check === 'max_length') return def.maximum ?? Infinity;
      return def.check === 'length_equals' ? (def.length ?? Infinity) : Infinity;
    }),
  );

const createCheck = (check: Check, most: number, context: ReaderContext): Read => {
  const { def } = check._zod;
  if (hasOwnWhen(def)) return askZod(check, def);
  switch (def.check) {
    case 'less_than':
    case 'greater_than':
      return typeof def.value === 'number' && !Number.isNaN(def.value)
        ? compareTo(def, def.value)
        : askZod(check, def);
    case 'number_format':
      return checkNumber(def, askZod(check, def));
    case 'min_length':
    case 'max_length':
    case 'length_equals':
      return checkLength(def);
    case 'string_format':
      return guardString(def, most, askZod(check, def));
    case 'property':
      return def.schema === undefined || def.property === undefined
        ? askZod(check, def)
        : checkProperties({ [def.property]: def.schema }, context);
    case 'properties':
      return def.shape === undefined ? askZod(check, def) : checkProperties(def.shape, context);
    default:
      return askZod(check, def);
  }
};

/** For zod, a number that is not whole has the wrong type, which is not the same as a failed check. */
const checkNumber = ({ format }: CheckDef, check: Read): Read => {
  if (format?.includes('int') !== true) return check;
  return (value, level, walk) =>
    Number.isInteger(value) ? check(value, level, walk) : walk.misfit('expected int');
};

/** The default `when` of length checks. */
const LENGTH_WHEN: unknown = defOf(z.string().min(1)).checks?.[0]?._zod.def.when;

const hasOwnWhen = ({ when }: CheckDef): boolean => when !== undefined && when !== LENGTH_WHEN;

const compareTo = ({ check, inclusive, abort }: CheckDef, limit: number): Read => {
  const isLess = check === 'less_than';
  const text = `expected at ${isLess ? 'most' : 'least'} ${limit} (number)`;
  return (value, _level, walk) => {
    const given = value as number;
    const isRight = isLess
      ? inclusive === true
        ? given <= limit
        : given < limit
      : inclusive === true
        ? given >= limit
        : given > limit;
    return !isRight && walk.failsCheck(text, abort === true) ? MISFIT : value;
  };
};

const checkLength = ({ check, minimum, maximum, length, abort }: CheckDef): Read => {
  const least = check === 'min_length' ? (minimum ?? 0) : check === 'length_equals' ? (length ?? 0) : 0;
  const most =
    check === 'max_length' ? (maximum ?? Infinity) : check === 'length_equals' ? (length ?? 0) : Infinity;
  return (value, _level, walk) => {
    const size = sizeOf(value, least, most);
    if (size === undefined || (size >= least && size <= most)) return value;
    const origin = typeof value === 'string' ? 'string' : Array.isArray(value) ? 'array' : 'unknown';
    const text =
      size < least ? `expected at least ${least} (${origin})` : `expected at most ${most} (${origin})`;
    return walk.failsCheck(text, abort === true) ? MISFIT : value;
  };
};

/** The `length` of a value. For a string, the number of code points, which are counted only if the result of the check depends on it. */
const sizeOf = (value: unknown, least: number, most: number): number | undefined => {
  if (value === null || value === undefined) return undefined;
  const { length } = value as { readonly length?: unknown };
  if (typeof value !== 'string') return length === undefined ? undefined : (length as number);
  if (value.length < least || value.length > 2 * most) return value.length;
  return value.length > most || value.length < 2 * least ? codePoints(value) : value.length;
};

const codePoints = (text: string): number => {
  let count = text.length;
  for (let at = 0; at < text.length - 1; at += 1) {
    if ((text.charCodeAt(at) & 0xfc00) !== 0xd800 || (text.charCodeAt(at + 1) & 0xfc00) !== 0xdc00) continue;
    count -= 1;
    at += 1;
  }
  return count;
};

/**
 * Keeps long strings away from slow checks. A pattern of the schema's author gets at most the length of the `.max()` before it, or 4,096
 * characters. A format of zod runs only if the time for it is left.
 */
export const guardString = (
  { format, pattern }: Pick<CheckDef, 'format' | 'pattern'>,
  most: number,
  check: Read,
): Read => {
  const isBounded = most < Infinity;
  const isUnknown = isAuthorsPattern(format, pattern);
  return (value, level, walk) => {
    if (typeof value !== 'string' || value.length <= FREE_CHARACTERS) return check(value, level, walk);
    if (isUnknown) {
      if (!isBounded && value.length > MOST_PATTERN_CHARACTERS)
        return walk.misfit(
          `expected at most ${MOST_PATTERN_CHARACTERS} characters, because the schema has no .max() before its pattern`,
        );
      return walk.spend(value.length) ? MISFIT : check(value, level, walk);
    }
    return walk.canAfford(formatCostMs(format, value.length)) ? check(value, level, walk) : MISFIT;
  };
};

/** Runs a check with zod, on the value alone. */
const askZod = (check: Check, def: CheckDef): Read => {
  const probe = z.compile(z.any().check(check as never));
  return (value, _level, walk) => {
    const result = probe.safeParse(value);
    if (result.success) return result.data;
    return walk.failsCheck(describeIssue(result.error.issues[0]), def.abort === true) ? MISFIT : value;
  };
};

const checkProperties = (shape: Readonly<Record<string, z.ZodType>>, context: ReaderContext): Read => {
  const parts = Object.entries(shape).map(([key, schema]) => ({ key, read: context.readerOf(schema).read }));
  return (value, level, walk) => {
    if (value === null || value === undefined) return walk.misfit('expected object');
    for (const { key, read } of parts) {
      if (read((value as Record<string, unknown>)[key], level + 1, walk) === MISFIT) return walk.under('.*');
    }
    return value;
  };
};
