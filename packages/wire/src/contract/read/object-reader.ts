import type { z } from 'zod';

import { defOf } from '../../shape/schema-def.ts';
import { generateObjectRead } from './object-code.ts';
import type { KeyIssue, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { isObject } from './value-kinds.ts';
import { MISFIT, MOST_LEVELS, type Walk } from './walk.ts';

/**
 * How an absent key is handled.
 *
 * - `required`: it is a fault.
 * - `optional`: the result has no such key.
 * - `dropped`: the schema reads `undefined`. The result has the key only if that gives a value; a fault counts as no value.
 * - `kept`: the schema reads `undefined`, and the result always has the key.
 * - `asked`: the schema reads `undefined`, which must fit. The result has the key only if that gives a value.
 */
type Presence = 'required' | 'optional' | 'dropped' | 'kept' | 'asked';

/** A key of an object schema, and how its value is read. */
export interface Member {
  readonly key: string;
  readonly reader: Reader;
  readonly presence: Presence;
  /** Whether the key may have been read already, as the discriminator of a union. */
  readonly isTold: boolean;
}

/** The parts of an object's reader. */
export interface ObjectPlan {
  readonly members: readonly Member[];
  /** Whether the reader builds a new object. Otherwise it returns the value itself. */
  readonly builds: boolean;
  /** Whether counting keys is enough to find unknown ones: the value has only own, enumerable keys. */
  readonly countsKeys: boolean;
  /** Whether the depth is limited. On the host side of a codec it is not. */
  readonly checksLevels: boolean;
  /** Looks for a key that is not among the members. Returns true if that ends the reading. */
  findUnknownKey(value: object, walk: Walk): boolean;
}

/** Creates the reader of an object. Objects of a contract are strict; the host side of a codec may have others. */
export const createObjectReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const members = membersOf(schema, context);
  const catchall = defOf(schema).catchall;
  const names = new Set(members.map(({ key }) => key));
  if (catchall === undefined || defOf(catchall).type !== 'never')
    return { read: readOpen(loopObject(members), names, catchall && context.readerOf(catchall).read) };
  const plan: ObjectPlan = {
    members,
    builds: context.builds(schema),
    countsKeys: context.origin === 'ours' && members.every(({ key }) => !(key in Object.prototype)),
    checksLevels: context.origin !== 'codec',
    findUnknownKey: unknownKeyFinder(names, context.namesProto),
  };
  return { read: generateObjectRead(plan) ?? loopStrict(plan) };
};

/** Creates the reader of an object that is a side of an intersection. Unknown keys may belong to the other side. */
export const createObjectSide = (schema: z.ZodType, context: ReaderContext): ReadSide | undefined => {
  const { catchall } = defOf(schema);
  if (catchall === undefined || defOf(catchall).type !== 'never') return undefined;
  const members = membersOf(schema, context);
  const names = new Set(members.map(({ key }) => key));
  const read = loopObject(members);
  return (value, level, walk, issues) => {
    const built = readBuilt(read, value, level, walk);
    if (built === MISFIT) return MISFIT;
    const keys: string[] = [];
    for (const key in value as object) {
      if (walk.spend(1)) return MISFIT;
      if (!names.has(key)) keys.push(key);
    }
    if (context.namesProto && keys.includes('__proto__')) return walk.badForm('proto_key');
    if (keys.length > 0) issues.push({ kind: 'unknown', keys } satisfies KeyIssue);
    return built;
  };
};

const membersOf = (schema: z.ZodType, context: ReaderContext): readonly Member[] =>
  Object.entries(defOf(schema).shape ?? {})
    .filter(([key]) => key !== '__proto__')
    .map(([key, part]) => ({
      key,
      reader: context.readerOf(part),
      presence: presenceOf(part),
      isTold: context.toldKeys.has(key),
    }));

const presenceOf = ({ _zod: { optin, optout } }: z.ZodType): Presence => {
  if (optin === undefined) return 'required';
  if (optout === 'optional') return optin === 'optional' ? 'optional' : 'dropped';
  return (optin as string) === 'defaulted' ? 'kept' : 'asked';
};

const unknownKeyFinder =
  (names: ReadonlySet<string>, namesProto: boolean): ObjectPlan['findUnknownKey'] =>
  (value, walk) => {
    for (const key in value) {
      if (walk.spend(1)) return true;
      if (names.has(key)) continue;
      if (key !== '__proto__' || !namesProto) return walk.failsKeys();
      walk.badForm('proto_key');
      return true;
    }
    return false;
  };

/** Reads the members one after another into a new object. */
type ReadMembers = (value: object, built: Record<string, unknown>, level: number, walk: Walk) => boolean;

const loopObject =
  (members: readonly Member[]): ReadMembers =>
  (value, built, level, walk) => {
    for (const { key, reader, presence, isTold } of members) {
      const given = isTold ? walk.take(value, key) : (value as Record<string, unknown>)[key];
      const isAbsent = given === undefined && !(key in value);
      if (isAbsent && presence === 'optional') continue;
      let part = reader.read(given, level + 1, walk);
      if (part === MISFIT) {
        if (walk.isOver || !isAbsent || presence !== 'dropped') return walk.under(`.${key}`) !== MISFIT;
        part = undefined;
      }
      if (isAbsent && presence === 'required') {
        walk.misfit('expected nonoptional');
        return walk.under(`.${key}`) !== MISFIT;
      }
      if (part !== undefined || !isAbsent || presence === 'kept') built[key] = part;
    }
    return true;
  };

const readBuilt = (
  read: ReadMembers,
  value: unknown,
  level: number,
  walk: Walk,
): Record<string, unknown> | typeof MISFIT => {
  if (!isObject(value)) return walk.misfit('expected object');
  const built: Record<string, unknown> = {};
  return read(value, built, level, walk) ? built : MISFIT;
};

/** Creates the reader of a strict object without generated code. */
const loopStrict = (plan: ObjectPlan): Read => {
  const read = loopObject(plan.members);
  return (value, level, walk) => {
    if (level > MOST_LEVELS && plan.checksLevels && isObject(value)) return walk.badForm('too_deep');
    const built = readBuilt(read, value, level, walk);
    if (built === MISFIT || plan.findUnknownKey(value as object, walk)) return MISFIT;
    return plan.builds ? built : value;
  };
};

/** Reads objects that keep or drop unknown keys. */
const readOpen =
  (read: ReadMembers, names: ReadonlySet<string>, readOther: Read | undefined): Read =>
  (value, level, walk) => {
    const built = readBuilt(read, value, level, walk);
    if (built === MISFIT || readOther === undefined) return built;
    for (const key in value as object) {
      if (walk.spend(1)) return MISFIT;
      if (names.has(key) || key === '__proto__') continue;
      const part = readOther((value as Record<string, unknown>)[key], level + 1, walk);
      if (part === MISFIT) return walk.under('.*');
      built[key] = part;
    }
    return built;
  };
