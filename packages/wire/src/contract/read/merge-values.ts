import { isRecord } from './value-kinds.ts';
import { MISFIT, type Walk } from './walk.ts';

/** Where two sides of an intersection gave values that are not the same. zod throws there too. */
class UnmergeableError extends Error {
  override readonly name = 'UnmergeableError';
}

/**
 * Joins what the two sides of an intersection made of one value, as zod does: an object has the keys of both, and what both have must be
 * the same. Throws where it is not.
 */
export const mergeValues = (left: unknown, right: unknown, walk: Walk): unknown => {
  if (left === right) return left;
  if (left instanceof Date && right instanceof Date && Number(left) === Number(right)) return left;
  if (Array.isArray(left) && Array.isArray(right)) return mergeLists(left, right, walk);
  if (isRecord(left) && isRecord(right)) return mergeObjects(left, right, walk);
  throw new UnmergeableError('the sides of an intersection differ');
};

const mergeLists = (left: readonly unknown[], right: readonly unknown[], walk: Walk): unknown => {
  if (left.length !== right.length)
    throw new UnmergeableError('the sides of an intersection differ in length');
  const merged: unknown[] = [];
  for (let at = 0; at < left.length; at += 1) {
    const part = walk.spend(1) ? MISFIT : mergeValues(left[at], right[at], walk);
    if (part === MISFIT) return MISFIT;
    merged.push(part);
  }
  return merged;
};

type PlainObject = Readonly<Record<string, unknown>>;

const mergeObjects = (left: PlainObject, right: PlainObject, walk: Walk): unknown => {
  const merged: Record<string, unknown> = { ...left, ...right };
  for (const key of Object.keys(left)) {
    if (walk.spend(1)) return MISFIT;
    if (!Object.hasOwn(right, key)) continue;
    const part = mergeValues(left[key], right[key], walk);
    if (part === MISFIT) return MISFIT;
    merged[key] = part;
  }
  return merged;
};
