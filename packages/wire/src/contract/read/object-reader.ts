import type { z } from 'zod';

import { defOf } from '../../shape/schema-def.ts';
import { generateObjectRead } from './object-code.ts';
import type { KeyIssue, Read, Reader, ReaderContext, ReadSide } from './reader.ts';
import { isObject } from './value-kinds.ts';
import { MISFIT, MOST_LEVELS, type Walk } from './walk.ts';

/**
 * What an absent key means. `required`: a misfit. `optional`: it stays away. `dropped`: the schema is asked what it stands for, and the
 * key stays away if that is nothing. `kept`: it is asked, and the key is there whatever it says. `asked`: asked, and must fit; the key is
 * there unless that is nothing.
 */
type Presence = 'required' | 'optional' | 'dropped' | 'kept' | 'asked';

/** A key that a schema names. */
export interface Member {
  readonly key: string;
  readonly reader: Reader;
  readonly presence: Presence;
  /** It may have been read already, to tell the options of a union apart. */
  readonly isTold: boolean;
}

/** What the reader of an object is made of. */
export interface ObjectPlan {
  readonly members: readonly Member[];
  /** A new object is made; otherwise the value itself is returned. */
  readonly builds: boolean;
  /** The value has no keys but its own, and all of them show. */
  readonly countsKeys: boolean;
  readonly checksLevels: boolean;
  /** Looks for a key that is not among the members; true if that ends the reading. */
  findUnknownKey(value: object, walk: Walk): boolean;
}

/** Makes the reader of an object. A contract's are strict; a codec may have others on its host side. */
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

/** The same for a side of an intersection: keys that it does not name may be the other side's. */
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

/** Reads members one after another, whatever they are, into a new object. */
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

/** The reader of a strict object without code of its own. */
const loopStrict = (plan: ObjectPlan): Read => {
  const read = loopObject(plan.members);
  return (value, level, walk) => {
    if (level > MOST_LEVELS && plan.checksLevels && isObject(value)) return walk.badForm('too_deep');
    const built = readBuilt(read, value, level, walk);
    if (built === MISFIT || plan.findUnknownKey(value as object, walk)) return MISFIT;
    return plan.builds ? built : value;
  };
};

/** Objects that let other keys pass, or drop them. */
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
