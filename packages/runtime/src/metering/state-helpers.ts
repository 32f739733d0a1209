import { u32, i32Const, localGet, globalGet, globalSet, DROP, I32_SUB, ZEROS } from './assembler.ts';
import type { ModuleLayout } from './module-layout.ts';
import {
  type AppendedIndices,
  CONSUMER,
  type Helper,
  NO_LOCALS,
  NO_PARAMS,
  PROCEDURE,
} from './metering-helpers.ts';
import { MISC, OP, TYPE } from './opcodes.ts';
import { METERED_EXPORTS } from './reserved-names.ts';

/** An appended function that the host calls to restore an instance, and its export name. */
export interface StateHelper extends Helper {
  readonly exportedAs: string;
}

/** How a value type is written to memory and read from it. References cannot be stored in memory. */
const STORED: Readonly<Record<number, { load: readonly number[]; store: readonly number[]; bytes: number }>> =
  {
    [TYPE.i32]: { load: [0x28], store: [0x36], bytes: 4 },
    [TYPE.i64]: { load: [0x29], store: [0x37], bytes: 8 },
    [TYPE.f32]: { load: [0x2a], store: [0x38], bytes: 4 },
    [TYPE.f64]: { load: [0x2b], store: [0x39], bytes: 8 },
    [TYPE.v128]: { load: [OP.simdPrefix, 0x00], store: [OP.simdPrefix, 0x0b], bytes: 16 },
  };

/**
 * Returns the number of bytes that `METERED_EXPORTS.storeGlobals` writes, or `undefined` if some mutable globals cannot be stored. These are
 * references, which belong to one instance, and all globals of a module without a memory.
 */
export const globalsBytes = ({ mutableGlobals, imported, memories }: ModuleLayout): number | undefined => {
  if (mutableGlobals.length > 0 && imported.memories + memories.length === 0) return undefined;
  let bytes = 0;
  for (const { type } of mutableGlobals) {
    const stored = STORED[type];
    if (stored === undefined) return undefined;
    bytes += stored.bytes;
  }
  return bytes;
};

/** Whether the module's own tables can be written. They then have shadows. */
export const hasShadowTables = ({ tables, changes, sharesTables }: ModuleLayout): boolean =>
  tables.length > 0 && (changes !== 0 || sharesTables);

/** The encoded globals to append: the noted changes, then the saved value of each mutable global. */
export const stateGlobals = ({ mutableGlobals }: ModuleLayout): number[][] => [
  [TYPE.i32, 1, ...ZEROS[TYPE.i32]!, OP.end],
  ...mutableGlobals.map(({ type }) => [type, 1, ...ZEROS[type]!, OP.end]),
];

/** The appended functions that save and restore the module's state. State that cannot change has none. */
export const buildStateHelpers = (layout: ModuleLayout, ours: AppendedIndices): readonly StateHelper[] => {
  const { mutableGlobals, changes } = layout;
  const helpers: StateHelper[] = [];
  const add = (exportedAs: string, type: number, body: readonly number[]): void => {
    helpers.push({ exportedAs, type, body: [NO_LOCALS, ...body, OP.end] });
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
  if ((globalsBytes(layout) ?? 0) > 0) {
    add(METERED_EXPORTS.storeGlobals, CONSUMER, storeGlobals(layout));
    add(METERED_EXPORTS.loadGlobals, CONSUMER, loadGlobals(layout));
  }
  return helpers;
};

const tableSize = (table: number): number[] => [OP.miscPrefix, MISC.tableSize, ...u32(table)];

/** Tables with shadows: the index of the table, the index of its shadow, and its type. */
const shadowed = ({ tables, imported }: ModuleLayout, { hookTable }: AppendedIndices) =>
  tables.map(({ type }, i) => ({ table: imported.tables + i, shadow: hookTable + 1 + i, type }));

/** A shadow starts empty, so an instance that is never restored needs no memory for it. */
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

const storeGlobals = (layout: ModuleLayout): number[] =>
  placedGlobals(layout).flatMap(({ index, store, place }) =>
    localGet(0).concat(globalGet(index), store, place),
  );

const loadGlobals = (layout: ModuleLayout): number[] =>
  placedGlobals(layout).flatMap(({ index, load, place }) =>
    localGet(0).concat(load, place, globalSet(index)),
  );

/** The mutable globals, stored one after another. `place` is the alignment and the offset of an access. */
const placedGlobals = ({ mutableGlobals }: ModuleLayout) => {
  let end = 0;
  return mutableGlobals.map(({ index, type }) => {
    const { store, load, bytes } = STORED[type]!;
    const place = [0].concat(u32(end));
    end += bytes;
    return { index, store, load, place };
  });
};
