import type { ModuleLayout } from './module-layout.ts';
import {
  type AppendedIndices,
  CONSUMER,
  DROP,
  END,
  globalGet,
  globalSet,
  type Helper,
  I32_SUB,
  i32Const,
  localGet,
  NO_LOCALS,
  NO_PARAMS,
  PROCEDURE,
  u32,
} from './metering-helpers.ts';
import { MISC, OP, TYPE } from './opcodes.ts';
import { METERED_EXPORTS } from './reserved-names.ts';

/** An appended function that the host calls to restore an instance, and the name that it is exported by. */
export interface StateHelper extends Helper {
  readonly exportedAs: string;
}

/** How a value type is written into memory and read from it. References have no bytes. */
const STORED: Readonly<Record<number, { load: readonly number[]; store: readonly number[]; bytes: number }>> =
  {
    [TYPE.i32]: { load: [0x28], store: [0x36], bytes: 4 },
    [TYPE.i64]: { load: [0x29], store: [0x37], bytes: 8 },
    [TYPE.f32]: { load: [0x2a], store: [0x38], bytes: 4 },
    [TYPE.f64]: { load: [0x2b], store: [0x39], bytes: 8 },
    [TYPE.v128]: { load: [OP.simdPrefix, 0x00], store: [OP.simdPrefix, 0x0b], bytes: 16 },
  };

/** A constant expression of each value type. */
const ZERO: Readonly<Record<number, readonly number[]>> = {
  [TYPE.i32]: [OP.i32Const, 0],
  [TYPE.i64]: [OP.i64Const, 0],
  [TYPE.f32]: [OP.f32Const, 0, 0, 0, 0],
  [TYPE.f64]: [OP.f64Const, 0, 0, 0, 0, 0, 0, 0, 0],
  [TYPE.v128]: [OP.simdPrefix, 0x0c, ...Array.from({ length: 16 }, () => 0)],
  [TYPE.funcref]: [OP.refNull, TYPE.funcref],
  [TYPE.externref]: [OP.refNull, TYPE.externref],
};

/** How many bytes `storeGlobals` writes; `undefined` if some of the globals hold references, which no other instance can have. */
export const storedGlobalsBytes = ({
  mutableGlobals,
}: Pick<ModuleLayout, 'mutableGlobals'>): number | undefined => {
  let bytes = 0;
  for (const { type } of mutableGlobals) {
    const stored = STORED[type];
    if (stored === undefined) return undefined;
    bytes += stored.bytes;
  }
  return bytes;
};

/** Whether anybody may write to the module's own tables, so that they have shadows. */
export const hasShadowTables = ({ tables, changes, sharesTables }: ModuleLayout): boolean =>
  tables.length > 0 && (changes !== 0 || sharesTables);

/** The globals to append, encoded: the note of changes, then one for the saved value of each mutable global. */
export const stateGlobals = ({ mutableGlobals }: ModuleLayout): number[][] => [
  [TYPE.i32, 1, ...ZERO[TYPE.i32]!, END],
  ...mutableGlobals.map(({ type }) => [type, 1, ...ZERO[type]!, END]),
];

/** The appended functions that save and restore what the module defines. What it cannot change has none. */
export const buildStateHelpers = (layout: ModuleLayout, ours: AppendedIndices): readonly StateHelper[] => {
  const { mutableGlobals, changes } = layout;
  const helpers: StateHelper[] = [];
  const add = (exportedAs: string, type: number, body: readonly number[]): void => {
    helpers.push({ exportedAs, type, body: [NO_LOCALS, ...body, END] });
  };
  if (changes !== 0) {
    const take = [...globalGet(ours.changesGlobal), ...i32Const(0), ...globalSet(ours.changesGlobal)];
    add(METERED_EXPORTS.takeChanges, NO_PARAMS, take);
  }
  if (mutableGlobals.length > 0) {
    const pairs = mutableGlobals.map(({ index }, i) => [index, ours.changesGlobal + 1 + i] as const);
    const save = pairs.flatMap(([own, saved]) => globalGet(own).concat(globalSet(saved)));
    const restore = pairs.flatMap(([own, saved]) => globalGet(saved).concat(globalSet(own)));
    add(METERED_EXPORTS.saveGlobals, PROCEDURE, save);
    add(METERED_EXPORTS.restoreGlobals, PROCEDURE, restore);
  }
  if (hasShadowTables(layout)) {
    add(METERED_EXPORTS.saveTables, PROCEDURE, saveTables(layout, ours));
    add(METERED_EXPORTS.restoreTables, PROCEDURE, restoreTables(layout, ours));
  }
  if (hasStoredGlobals(layout)) {
    add(METERED_EXPORTS.storeGlobals, CONSUMER, storeGlobals(layout));
    add(METERED_EXPORTS.loadGlobals, CONSUMER, loadGlobals(layout));
  }
  return helpers;
};

const hasStoredGlobals = (layout: ModuleLayout): boolean => {
  const hasMemory = layout.imported.memories + layout.memories.length > 0;
  return hasMemory && (storedGlobalsBytes(layout) ?? 0) > 0;
};

const tableSize = (table: number): number[] => [OP.miscPrefix, MISC.tableSize, ...u32(table)];

/** Tables that have shadows: the index of each, of its shadow, and its type. */
const shadowed = ({ tables, imported }: ModuleLayout, { hookTable }: AppendedIndices) =>
  tables.map(({ type }, i) => ({ table: imported.tables + i, shadow: hookTable + 1 + i, type }));

/** A shadow starts empty, so that an instance that is never restored does not pay for it. */
const saveTables = (layout: ModuleLayout, ours: AppendedIndices): number[] =>
  shadowed(layout, ours).flatMap(({ table, shadow, type }) =>
    growShadow(table, shadow, type).concat(copyTable(shadow, table)),
  );

const growShadow = (table: number, shadow: number, type: number): number[] => [
  ...[OP.refNull, type, ...tableSize(table), ...tableSize(shadow), I32_SUB],
  ...[OP.miscPrefix, MISC.tableGrow, ...u32(shadow), DROP],
];

const restoreTables = (layout: ModuleLayout, ours: AppendedIndices): number[] =>
  shadowed(layout, ours).flatMap(({ table, shadow }) => copyTable(table, shadow));

const copyTable = (to: number, from: number): number[] => [
  ...[...i32Const(0), ...i32Const(0), ...tableSize(from)],
  ...[OP.miscPrefix, MISC.tableCopy, ...u32(to), ...u32(from)],
];

const storeGlobals = ({ mutableGlobals }: ModuleLayout): number[] => {
  let at = 0;
  return mutableGlobals.flatMap(({ index, type }) => {
    const { store, bytes } = STORED[type]!;
    const offset = at;
    at += bytes;
    return [...localGet(0), ...globalGet(index), ...store, 0, ...u32(offset)];
  });
};

const loadGlobals = ({ mutableGlobals }: ModuleLayout): number[] => {
  let at = 0;
  return mutableGlobals.flatMap(({ index, type }) => {
    const { load, bytes } = STORED[type]!;
    const offset = at;
    at += bytes;
    return [...localGet(0), ...load, 0, ...u32(offset), ...globalSet(index)];
  });
};
