import type { z } from 'zod';

import { checksOf, defOf } from '../../shape/schema-def.ts';
import type { Read, Reader, ReaderContext } from './reader.ts';
import { MISFIT, MOST_LEVELS, type Walk } from './walk.ts';

/** How many elements are read between two checks of the remaining time. */
const BLOCK = 512;

/** Creates the reader of an array. Arrays longer than the schema allows are refused without reading their elements. */
export const createArrayReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const { element } = defOf(schema);
  const reader = context.readerOf(element as z.ZodType);
  const builds = context.builds(schema);
  const checksLevels = context.origin !== 'codec';
  const read =
    generateArrayRead(reader, builds, checksLevels) ?? loopArray(reader.read, builds, checksLevels);
  const most = mostElements(schema);
  if (most === Infinity) return { read };
  return {
    read: (value, level, walk) =>
      Array.isArray(value) && value.length > most
        ? walk.misfit(`expected at most ${most} (array)`)
        : read(value, level, walk),
  };
};

const SIZE_CHECKS: ReadonlySet<string> = new Set(['min_length', 'max_length', 'length_equals']);

/** The most elements that the first checks of an array allow, or `Infinity`. */
const mostElements = (schema: z.ZodType): number => {
  const checks = checksOf(schema).map(({ _zod }) => _zod.def);
  const end = checks.findIndex(({ check }) => !SIZE_CHECKS.has(check));
  const limits = checks.slice(0, end === -1 ? checks.length : end);
  return Math.min(...limits.map(({ maximum, length }) => maximum ?? length ?? Infinity));
};

/** Generates code for the loop over an array. Returns `undefined` if the platform forbids code from strings. */
const generateArrayRead = (reader: Reader, builds: boolean, checksLevels: boolean): Read | undefined => {
  const read = `{ part = read(part, next, walk); if (part === MISFIT) return walk.under('[]'); }`;
  const code = `'use strict';
  return (value, level, walk) => {
    if (!isArray(value)) return walk.misfit('expected array');
    if (level > ${MOST_LEVELS} && ${checksLevels}) return walk.badForm('too_deep');
    const next = level + 1, length = value.length;
    ${builds ? `const built = length <= ${BLOCK} ? new Array(length) : [];` : ''}
    for (let at = 0; at < length;) {
      const end = length - at > ${BLOCK} ? at + ${BLOCK} : length;
      if ((walk.left -= end - at) < 0 && walk.isLate()) return MISFIT;
      for (; at < end; at += 1) {
        let part = value[at];
        ${reader.fits === undefined ? read : `if (!(${reader.fits('part')})) ${read}`}
        ${builds ? 'built[at] = part;' : ''}
      }
    }
    return ${builds ? 'built' : 'value'};
  };`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- only constants that scalars are compared to come from the schema
    const make = new Function('MISFIT', 'isArray', 'read', code) as (
      misfit: typeof MISFIT,
      isArray: (value: unknown) => boolean,
      read: Read,
    ) => Read;
    return make(MISFIT, Array.isArray, reader.read);
  } catch {
    return undefined;
  }
};

const loopArray =
  (read: Read, builds: boolean, checksLevels: boolean): Read =>
  (value, level, walk) => {
    if (!Array.isArray(value)) return walk.misfit('expected array');
    if (level > MOST_LEVELS && checksLevels) return walk.badForm('too_deep');
    const built: unknown[] = [];
    const { length } = value;
    for (let at = 0; at < length; at += 1) {
      if (walk.spend(1)) return MISFIT;
      const part = read(value[at], level + 1, walk);
      if (part === MISFIT) return walk.under('[]');
      if (builds) built.push(part);
    }
    return builds ? built : value;
  };

/** Creates the reader of a tuple. */
export const createTupleReader = (schema: z.ZodType, context: ReaderContext): Reader => {
  const { items = [], rest } = defOf(schema);
  const reads = items.map((item) => context.readerOf(item).read);
  const readRest = rest ? context.readerOf(rest).read : undefined;
  const least = endOfRequired(items, 'optin');
  const mayEndAt = endOfRequired(items, 'optout');
  const builds = context.builds(schema);
  const checksLevels = context.origin !== 'codec';

  const readItems = (value: readonly unknown[], length: number, level: number, walk: Walk): unknown => {
    const built: unknown[] = [];
    for (let at = 0; at < reads.length; at += 1) {
      const mayEnd = at >= length && at >= mayEndAt;
      if (mayEnd && items[at]?._zod.optin === 'optional') return built;
      const part = (reads[at] as Read)(value[at], level + 1, walk);
      if (part === MISFIT) return mayEnd && !walk.isOver ? built : walk.under('[]');
      built.push(part);
    }
    return built;
  };

  return {
    read: (value, level, walk) => {
      if (!Array.isArray(value)) return walk.misfit('expected tuple');
      if (level > MOST_LEVELS && checksLevels) return walk.badForm('too_deep');
      const { length } = value;
      if (walk.spend(items.length + 1)) return MISFIT;
      if (readRest === undefined && length < least) return walk.misfit(`expected at least ${least} (array)`);
      if (readRest === undefined && length > items.length)
        return walk.misfit(`expected at most ${items.length} (array)`);
      const built = readItems(value, length, level, walk);
      if (built === MISFIT) return MISFIT;
      const list = built as unknown[];
      if (readRest !== undefined) {
        for (let at = items.length; at < length; at += 1) {
          if (walk.spend(1)) return MISFIT;
          const part = readRest(value[at], level + 1, walk);
          if (part === MISFIT) return walk.under('[]');
          if (builds) list.push(part);
        }
      }
      if (!builds) return value;
      while (
        list.length > length &&
        list.at(-1) === undefined &&
        items[list.length - 1]?._zod.optout === 'optional'
      )
        list.pop();
      return list;
    },
  };
};

/** The index after the last item that cannot be left out. */
const endOfRequired = (items: readonly z.ZodType[], side: 'optin' | 'optout'): number =>
  items.findLastIndex(({ _zod }) =>
    side === 'optin' ? _zod.optin === undefined : _zod.optout !== 'optional',
  ) + 1;
