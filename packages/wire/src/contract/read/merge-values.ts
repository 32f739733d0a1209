import { isRecord } from './value-kinds.ts';
import { MISFIT, type Walk } from './walk.ts';

/** Thrown if the two sides of an intersection return different values. zod throws in the same case. */
class UnmergeableError extends Error {
  override readonly name = 'UnmergeableError';
}

/**
 * Merges the results of the two sides of an intersection, as zod does. An object gets the keys of both, and the values of shared keys must be
 * equal. Throws if they are not. Returns `MISFIT` if time runs out.
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
