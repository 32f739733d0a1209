import { isJsonInteger, isUnsafeNumber } from '../../json/exact-numbers.ts';
import { MISFIT, MOST_LEVELS, type Walk } from './walk.ts';

/** Whether a result of `JSON.parse` nests at most 128 levels deep and has no `__proto__` key. If not, the walk has the reason. */
export const checkForm = (value: unknown, level: number, walk: Walk): boolean => {
  if (typeof value !== 'object' || value === null) return true;
  if (level > MOST_LEVELS) return walk.badForm('too_deep') !== MISFIT;
  if (Array.isArray(value)) {
    // By index, because an iterator allocates an object for each item.
    for (let at = 0; at < value.length; at += 1)
      if (walk.spend(1) || !checkForm(value[at], level + 1, walk)) return false;
    return true;
  }
  for (const key in value) {
    if (key === '__proto__') return walk.badForm('proto_key') !== MISFIT;
    if (walk.spend(1) || !checkForm((value as Record<string, unknown>)[key], level + 1, walk)) return false;
  }
  return true;
};

/**
 * Copies a caller's plain objects and arrays, and reads each property once. Class instances, such as a Date for a codec, are kept by
 * reference. Those, and numbers that `JSON.stringify` does not write exactly, are noted in `walk.foreign`. Throws what a getter throws.
 */
export const copyForm = (value: unknown, level: number, walk: Walk): unknown => {
  // A function may have a toJSON method, which JSON.stringify calls.
  if (typeof value === 'function' || isInexact(value)) walk.foreign = true;
  if (typeof value !== 'object' || value === null) return value;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) {
    // Bytes are for a codec and have no toJSON.
    walk.foreign ||= !(value instanceof Uint8Array);
    return value;
  }
  if (level > MOST_LEVELS) return walk.badForm('too_deep');
  return isArray ? copyItems(value, level, walk, copyForm) : copyMembers(value, level, walk, copyForm);
};

/** Reads any JSON. `copies` says that the value is a caller's, so it is read once and copied. */
export const readJson = (value: unknown, level: number, walk: Walk, copies: boolean): unknown => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (copies && isInexact(value)) walk.foreign = true;
  if (typeof value === 'number') return Number.isFinite(value) ? value : refuse(walk);
  if (typeof value === 'bigint') return isJsonInteger(value) ? value : refuse(walk);
  if (typeof value !== 'object') return refuse(walk);
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) return refuse(walk);
  if (level > MOST_LEVELS) return walk.badForm('too_deep');
  const read = copies ? copyJson : checkJson;
  if (copies) return isArray ? copyItems(value, level, walk, read) : copyMembers(value, level, walk, read);
  return (isArray ? everyItem(value, level, walk, read) : everyMember(value, level, walk, read))
    ? value
    : MISFIT;
};

/** Whether `JSON.stringify` cannot write the number, or may write it rounded. */
const isInexact = (value: unknown): boolean =>
  typeof value === 'bigint' || (typeof value === 'number' && isUnsafeNumber(value));

const refuse = (walk: Walk): typeof MISFIT => walk.misfit('refused by a check of the schema');

type ReadPart = (value: unknown, level: number, walk: Walk) => unknown;

const copyJson: ReadPart = (value, level, walk) => readJson(value, level, walk, true);
const checkJson: ReadPart = (value, level, walk) => readJson(value, level, walk, false);

const copyItems = (value: readonly unknown[], level: number, walk: Walk, copy: ReadPart): unknown => {
  const copied: unknown[] = [];
  const { length } = value;
  for (let at = 0; at < length; at += 1) {
    const part = walk.spend(1) ? MISFIT : copy(value[at], level + 1, walk);
    if (part === MISFIT) return MISFIT;
    copied.push(part);
  }
  return copied;
};

const copyMembers = (value: object, level: number, walk: Walk, copy: ReadPart): unknown => {
  const copied: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return walk.badForm('proto_key');
    const part = walk.spend(1) ? MISFIT : copy((value as Record<string, unknown>)[key], level + 1, walk);
    if (part === MISFIT) return MISFIT;
    copied[key] = part;
  }
  return copied;
};

const everyItem = (value: readonly unknown[], level: number, walk: Walk, check: ReadPart): boolean => {
  for (let at = 0; at < value.length; at += 1)
    if (walk.spend(1) || check(value[at], level + 1, walk) === MISFIT) return false;
  return true;
};

const everyMember = (value: object, level: number, walk: Walk, check: ReadPart): boolean => {
  for (const key in value) {
    if (key === '__proto__') return walk.badForm('proto_key') !== MISFIT;
    if (walk.spend(1) || check((value as Record<string, unknown>)[key], level + 1, walk) === MISFIT)
      return false;
  }
  return true;
};

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};
