import { z } from 'zod';

import { checksOf, defOf } from '../../shape/schema-def.ts';
import { createChecks, guardString } from './check-reader.ts';
import { describeIssue } from './describe-issue.ts';
import type { Read, Reader, ReaderContext } from './reader.ts';
import { MISFIT } from './walk.ts';

/** The type test of a scalar, as code and as a function. */
interface Scalar {
  readonly fits: (variable: string) => string;
  readonly test: (value: unknown) => boolean;
  readonly text: string;
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  string: {
    fits: (variable) => `typeof ${variable} === 'string'`,
    test: (value) => typeof value === 'string',
    text: 'expected string',
  },
  number: {
    fits: (variable) => `(typeof ${variable} === 'number' && Number.isFinite(${variable}))`,
    test: (value) => Number.isFinite(value),
    text: 'expected number',
  },
  boolean: {
    fits: (variable) => `typeof ${variable} === 'boolean'`,
    test: (value) => typeof value === 'boolean',
    text: 'expected boolean',
  },
  null: {
    fits: (variable) => `${variable} === null`,
    test: (value) => value === null,
    text: 'expected null',
  },
  never: { fits: () => 'false', test: () => false, text: 'expected never' },
};

/** Creates the reader of a JSON scalar. Returns `undefined` if the schema is not a scalar. */
export const createScalarReader = (schema: z.ZodType, context: ReaderContext): Reader | undefined => {
  const { type } = defOf(schema);
  const kind = type === 'int' ? 'number' : type;
  const scalar = Object.hasOwn(SCALARS, kind) ? SCALARS[kind] : undefined;
  if (scalar !== undefined) return createTypeReader(schema, scalar, context);
  if (type === 'literal' || type === 'enum') return createChoiceReader(schema, context);
  if (type === 'template_literal') return createTemplateReader(schema, context);
  return undefined;
};

const createTypeReader = (
  schema: z.ZodType,
  { fits, test, text }: Scalar,
  context: ReaderContext,
): Reader => {
  const checks = createChecks(schema, context);
  if (checks === undefined) {
    return { read: (value, _level, walk) => (test(value) ? value : walk.misfit(text)), fits };
  }
  const read: Read = (value, level, walk) => (test(value) ? checks(value, level, walk) : walk.misfit(text));
  const conditions = checksOf(schema).map(conditionOf);
  if (!conditions.every((condition) => condition !== undefined)) return { read };
  const isWhole = checksOf(schema).some(({ _zod }) => _zod.def.check === 'number_format');
  // The test for whole numbers includes the type test.
  const all = isWhole ? conditions : [fits, ...conditions];
  return { read, fits: (variable) => `(${all.map((of) => of(variable)).join(' && ')})` };
};

/** Returns a number check as an expression, or `undefined` for other checks. If the expression is false, the reader checks again. */
const conditionOf = ({
  _zod: { def },
}: ReturnType<typeof checksOf>[number]): ((variable: string) => string) | undefined => {
  if (def.when !== undefined) return undefined;
  if (def.check === 'number_format') return WHOLE[def.format ?? ''];
  const limit = def.value;
  if (typeof limit !== 'number' || !Number.isFinite(limit)) return undefined;
  const equal = def.inclusive === true ? '=' : '';
  if (def.check === 'greater_than') return (variable) => `${variable} >${equal} ${limit}`;
  if (def.check === 'less_than') return (variable) => `${variable} <${equal} ${limit}`;
  return undefined;
};

const WHOLE: Readonly<Record<string, (variable: string) => string>> = {
  safeint: (variable) => `Number.isSafeInteger(${variable})`,
  int32: (variable) =>
    `Number.isInteger(${variable}) && ${variable} >= -2147483648 && ${variable} <= 2147483647`,
  uint32: (variable) => `Number.isInteger(${variable}) && ${variable} >= 0 && ${variable} <= 4294967295`,
};

/** Up to this many listed values are compared one by one. More are looked up in a set. */
const MOST_COMPARED = 4;

const createChoiceReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const values = schema._zod.values ?? new Set();
  const checks = createChecks(schema, context);
  const read: Read = (value, level, walk) => {
    if (!values.has(value as z.core.util.Primitive))
      return walk.misfit('expected one of the values that the schema lists');
    return checks === undefined ? value : checks(value, level, walk);
  };
  const isPlain = [...values].every(
    (value) =>
      value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value),
  );
  if (checks !== undefined || !isPlain || values.size === 0 || values.size > MOST_COMPARED) return { read };
  const texts = [...values].map((value) => JSON.stringify(value));
  return { read, fits: (variable) => `(${texts.map((text) => `${variable} === ${text}`).join(' || ')})` };
};

const createTemplateReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const bare = z.compile(schema.clone({ ...schema._zod.def, checks: [] }));
  const match = guardString({}, Infinity, (value, _level, walk) => {
    const result = bare.safeParse(value);
    return result.success ? value : walk.misfit(describeIssue(result.error.issues[0]));
  });
  const checks = createChecks(schema, context);
  return {
    read: (value, level, walk) => {
      const matched = match(value, level, walk);
      return matched === MISFIT || checks === undefined ? matched : checks(matched, level, walk);
    },
  };
};
