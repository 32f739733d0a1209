import { PlugwireUsageError } from '../base/usage-error.ts';
import type { SchemaDef } from './schema-def.ts';

/** Throws `bad_schema`. The message says where, what was seen, and what to do. */
export const refuseSchema = (where: string, seen: string, advice: string): never => {
  throw new PlugwireUsageError('bad_schema', `${where}: ${seen}. ${advice}`);
};

/** Refuses a schema that changes values or is async: validation must return the value that was sent. */
export const checkValueStaysAsSent = (def: SchemaDef, where: string): void => {
  if (def.coerce === true) refuseSchema(where, 'coerces its input', 'Use the type that is on the wire.');
  for (const check of def.checks ?? []) {
    const { def: checkDef, check: run } = check._zod;
    if (checkDef.check === 'overwrite') {
      refuseSchema(
        where,
        'changes the value (trim, lower case, overwrite)',
        'Change it before you dispatch, or use z.codec.',
      );
    }
    refuseAsync(checkDef.fn, where);
    refuseAsync(run, where);
  }
  refuseAsync(def.fn, where);
};

/** Refuses async functions. Other functions that return a promise are found when the sample or a dispatch first calls them. */
const refuseAsync = (check: unknown, where: string): void => {
  if (typeof check !== 'function' || check.constructor.name !== 'AsyncFunction') return;
  refuseSchema(
    where,
    'has an async refinement, but a dispatch does not wait for promises',
    'Make it synchronous.',
  );
};

/** Keys with a special meaning in JavaScript. */
const MISLEADING_KEYS = ['__proto__', 'toJSON'];

/** Refuses an object that drops or keeps unknown keys, or has a key with a special meaning. */
export const checkObject = (def: SchemaDef, where: string): void => {
  if (def.catchall === undefined || (def.catchall._zod.def as SchemaDef).type !== 'never') {
    refuseSchema(where, 'is not strict: it drops or keeps unknown keys', 'Use z.strictObject({ … }).');
  }
  for (const key of MISLEADING_KEYS) {
    if (Object.hasOwn(def.shape ?? {}, key))
      refuseSchema(
        where,
        `has the key "${key}", which has a special meaning in JavaScript`,
        'Choose another key.',
      );
  }
};

/** Refuses a literal that JSON cannot represent. */
export const checkLiteral = (def: SchemaDef, where: string): void => {
  for (const value of def.values ?? []) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      refuseSchema(
        where,
        `is a literal ${typeof value}, which JSON cannot represent`,
        'Use a string, a number, a boolean or null.',
      );
    }
  }
};

const NOT_JSON: ReadonlySet<string> = new Set([
  'bigint',
  'date',
  'symbol',
  'undefined',
  'void',
  'nan',
  'map',
  'set',
  'file',
  'function',
  'promise',
]);

/** Refuses a kind of schema that contracts do not support. */
export const refuseKind = ({ type }: SchemaDef, where: string): never => {
  if (type === 'catch')
    refuseSchema(where, 'hides invalid values with .catch()', 'Remove .catch(), so that they are refused.');
  if (type === 'transform') refuseSchema(where, 'is a transform, which only works one way', 'Use z.codec.');
  if (NOT_JSON.has(type))
    refuseSchema(
      where,
      `is z.${type}(), which JSON cannot represent`,
      'Wrap it in a z.codec over a JSON type.',
    );
  return refuseSchema(
    where,
    `is z.${type}(), which contracts do not support`,
    'Use strict objects, arrays, unions and JSON scalars.',
  );
};
