import { z } from 'zod';

import { findPlainJsonTest } from '../../json/json-value.ts';
import { type CheckDef, defOf } from '../../shape/schema-def.ts';
import { checkForm, copyForm, readJson } from './open-form.ts';
import { describeIssue } from './describe-issue.ts';
import type { Read, Reader, ReaderContext } from './reader.ts';
import { MISFIT } from './walk.ts';

/** Creates the reader, without checks, of a schema for any JSON: `z.any()`, `z.unknown()`, `z.custom()`, `jsonValue`, `jsonObject`. */
export const createOpenReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const plain = findPlainJsonTest(defOf(schema).fn);
  if (plain !== undefined && context.origin !== 'codec') {
    return {
      read: (value, level, walk) =>
        plain === 'object' && (typeof value !== 'object' || value === null || Array.isArray(value))
          ? walk.misfit('refused by a check of the schema')
          : readJson(value, level, walk, context.origin === 'caller'),
    };
  }
  if (context.origin === 'caller') return { read: copyForm };
  return context.origin === 'ours'
    ? { read: (value, level, walk) => (checkForm(value, level, walk) ? value : MISFIT) }
    : { read: (value) => value };
};

/** Whether the reader of a schema has already done this check. */
export const isDone = (def: CheckDef | { readonly fn?: unknown }, { origin }: ReaderContext): boolean =>
  origin !== 'codec' && findPlainJsonTest(def.fn) !== undefined;

/** Creates the reader of a kind that is not JSON. It occurs only on the host side of a codec. zod reads it as a whole. */
export const createForeignReader = (schema: z.ZodType, { direction }: ReaderContext): Reader => {
  const run = direction === 'decode' ? z.safeParse : z.safeEncode;
  const read: Read = (value, _level, walk) => {
    const result = run(schema, value as never);
    return result.success ? result.data : walk.misfit(describeIssue(result.error.issues[0]));
  };
  return { read };
};
