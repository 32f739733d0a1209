import { PlugwireUsageError } from '../base/usage-error.ts';
import type { SchemaDef } from './schema-def.ts';

/** Refuses a schema: the place, what was seen there, and the way out. */
export const refuseSchema = (where: string, seen: string, advice: string): never => {
  throw new PlugwireUsageError('bad_schema', `${where}: ${seen}. ${advice}`);
};

/** Refuses what changes a value on its way, or waits: validation must pass what was sent. */
export const checkValueStaysAsSent = (def: SchemaDef, where: string): void => {
  if (def.coerce === true) refuseSchema(where, 'coerces its input', 'Name the type that is on the wire.');
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

/** Finds async functions; one that only returns a promise is found when the sample, or a dispatch, first reaches it. */
const refuseAsync = (check: unknown, where: string): void => {
  if (typeof check !== 'function' || check.constructor.name !== 'AsyncFunction') return;
  refuseSchema(where, 'has an async refinement, and a dispatch cannot wait', 'Make it synchronous.');
};

/** Keys that mean something else to JavaScript than to JSON. */
const MISLEADING_KEYS = ['__proto__', 'toJSON'];

/** Refuses an object that drops keys, passes keys that it does not name, or names one that misleads. */
export const checkObject = (def: SchemaDef, where: string): void => {
  if (def.catchall === undefined || (def.catchall._zod.def as SchemaDef).type !== 'never') {
    refuseSchema(
      where,
      'is not strict: it drops or passes keys that it does not name',
      'Use z.strictObject({ … }).',
    );
  }
  for (const key of MISLEADING_KEYS) {
    if (Object.hasOwn(def.shape ?? {}, key))
      refuseSchema(where, `names the key "${key}"`, 'Choose another key.');
  }
};

/** Refuses a literal that JSON has no word for. */
export const checkLiteral = (def: SchemaDef, where: string): void => {
  for (const value of def.values ?? []) {
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value)) {
      refuseSchema(
        where,
        `is a literal ${typeof value}, which JSON cannot carry`,
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

/** Refuses a kind of schema that has no place in a contract. */
export const refuseKind = ({ type }: SchemaDef, where: string): never => {
  if (type === 'catch') refuseSchema(where, 'hides bad values behind .catch()', 'Let them be refused.');
  if (type === 'transform') refuseSchema(where, 'is a transform, which only works one way', 'Use z.codec.');
  if (NOT_JSON.has(type))
    refuseSchema(where, `is z.${type}(), which JSON cannot carry`, 'Wrap it in a z.codec over a JSON type.');
  return refuseSchema(
    where,
    `is z.${type}(), which a contract cannot carry`,
    'Use strict objects, arrays, unions and JSON scalars.',
  );
};
