import { PROTOCOL_LIMITS } from '../limits.ts';
import { isUnsafeNumber } from './exact-numbers.ts';
import type { JsonFault } from './walk-json.ts';

/**
 * A copy of a caller's value, or why there is none. `foreign`: it holds objects of classes or functions, left as they are, or numbers
 * that `JSON.stringify` does not write exactly.
 */
export type Snapshot = { ok: true; value: unknown; foreign: boolean } | { ok: false; fault: JsonFault };

/**
 * Reads a caller's value once and copies its plain objects and arrays, at most 128 levels deep. After it, no getter and
 * no proxy can show validation one value and the wire another. Objects of classes (a Date for a codec, say) are kept by
 * reference. A getter that throws makes it throw.
 */
export const snapshot = (value: unknown): Snapshot => {
  const state: CopyState = { fault: undefined, foreign: false };
  const copy = copyPlain(value, 1, state);
  return state.fault === undefined
    ? { ok: true, value: copy, foreign: state.foreign }
    : { ok: false, fault: state.fault };
};

type CopyState = { fault: JsonFault | undefined; foreign: boolean };

const copyPlain = (value: unknown, level: number, state: CopyState): unknown => {
  // JSON.stringify may find a toJSON in a function.
  if (typeof value === 'function' || typeof value === 'bigint') state.foreign = true;
  if (typeof value === 'number' && isUnsafeNumber(value)) state.foreign = true;
  if (typeof value !== 'object' || value === null || state.fault !== undefined) return value;
  const isArray = Array.isArray(value);
  if (!isArray && !isPlainObject(value)) {
    state.foreign = true;
    return value;
  }
  if (level > PROTOCOL_LIMITS.jsonDepth) {
    state.fault = 'too_deep';
    return undefined;
  }
  return isArray ? copyArray(value, level, state) : copyObject(value, level, state);
};

const copyArray = (value: readonly unknown[], level: number, state: CopyState): unknown[] => {
  const copy: unknown[] = [];
  for (const item of value) copy.push(copyPlain(item, level + 1, state));
  return copy;
};

const copyObject = (value: object, level: number, state: CopyState): object => {
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    if (key === '__proto__') {
      state.fault = 'proto_key';
      return copy;
    }
    copy[key] = copyPlain((value as Record<string, unknown>)[key], level + 1, state);
  }
  return copy;
};

const isPlainObject = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
};
