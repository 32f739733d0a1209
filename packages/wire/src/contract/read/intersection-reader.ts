import type { z } from 'zod';

import { defOf } from '../../shape/schema-def.ts';
import { mergeValues } from './merge-values.ts';
import { copyForm } from './open-form.ts';
import type { KeyIssue, Reader, ReaderContext, ReadSide } from './reader.ts';
import { MISFIT } from './walk.ts';

/** Creates the reader of an intersection. */
export const createIntersectionReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const readBoth = createIntersectionSide(schema, context);
  return {
    read: (value, level, walk) => {
      const issues: KeyIssue[] = [];
      const merged = readBoth(value, level, walk, issues);
      if (merged === MISFIT || issues.length === 0) return merged;
      if (issues.every(({ kind }) => kind === 'unknown')) return walk.failsKeys() ? MISFIT : merged;
      walk.misfit('has a key that does not fit');
      return walk.under('.*');
    },
  };
};

/** Creates the reader of an intersection that is a side of another intersection. */
export const createIntersectionSide = (schema: z.ZodType, context: ReaderContext): ReadSide => {
  const { left, right } = defOf(schema);
  const isCallers = context.origin === 'caller';
  const own = isCallers ? context.from('copied') : context;
  const readLeft = own.sideOf(left as z.ZodType);
  const readRight = own.sideOf(right as z.ZodType);
  return (value, level, walk, issues) => {
    // Both sides read the value, so a caller's value is copied first.
    const given = isCallers ? copyForm(value, level, walk) : value;
    if (given === MISFIT) return MISFIT;
    const leftIssues: KeyIssue[] = [];
    const rightIssues: KeyIssue[] = [];
    const leftPart = readLeft(given, level, walk, leftIssues);
    if (leftPart === MISFIT) return MISFIT;
    const rightPart = readRight(given, level, walk, rightIssues);
    if (rightPart === MISFIT) return MISFIT;
    const refused = keysRefusedByBoth(leftIssues, rightIssues);
    issues.push(...refused);
    try {
      return mergeValues(leftPart, rightPart, walk);
    } catch (error) {
      // zod throws here too, unless a key is invalid.
      if (refused.some(({ kind }) => kind === 'invalid')) return given;
      throw error;
    }
  };
};

/** Only keys that both sides refuse are faults. Each is reported as the first side reported it. */
const keysRefusedByBoth = (left: readonly KeyIssue[], right: readonly KeyIssue[]): KeyIssue[] => {
  if (left.length === 0 || right.length === 0) return [];
  const both = [...left, ...right];
  const leftKeys = new Set(left.flatMap(keysOf));
  const shared = new Set(right.flatMap(keysOf).filter((key) => leftKeys.has(key)));
  const first = both.find(({ kind }) => kind === 'unknown');
  const named = first === undefined ? [] : keysOf(first).filter((key) => shared.has(key));
  const isNamed = new Set(named);
  const invalid = new Set(both.flatMap((issue) => (issue.kind === 'invalid' ? [issue.key] : [])));
  const issues: KeyIssue[] = named.length > 0 ? [{ kind: 'unknown', keys: named }] : [];
  for (const key of shared) if (!isNamed.has(key) && invalid.has(key)) issues.push({ kind: 'invalid', key });
  return issues;
};

const keysOf = (issue: KeyIssue): readonly string[] => (issue.kind === 'unknown' ? issue.keys : [issue.key]);
