import { i32Const } from './assembler.ts';
import {
  beginSized,
  type ByteWriter,
  createByteWriter,
  endSized,
  writeByte,
  writeBytes,
  writeName,
  writeRange,
  writeSized,
  writeU32,
} from './byte-writer.ts';
import { type ByteReader, readU32 } from './byte-reader.ts';
import { chargeFunction } from './charge-function.ts';
import {
  type AppendedIndices,
  buildHelpers,
  CONSUMER,
  type Helper,
  HELPER,
  HELPER_TYPES,
} from './metering-helpers.ts';
import { type MeteringLimits, PAGE_BYTES } from './metering-limits.ts';
import {
  type DefinedLimits,
  KIND,
  type ModuleLayout,
  SECTION,
  sectionOrder,
  type SectionRange,
} from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { METERED_EXPORTS } from './reserved-names.ts';
import { buildStateHelpers, hasShadowTables, stateGlobals, type StateHelper } from './state-helpers.ts';
import type { Steps } from './steps.ts';
import { writeWarmFunction } from './warm-function.ts';

/** Sections that every metered module has, in order. Each one is extended. */
const EXTENDED = [
  SECTION.type,
  SECTION.function,
  SECTION.table,
  SECTION.global,
  SECTION.export,
  SECTION.code,
] as const;

/** State that the section writers share. */
interface Rewrite {
  readonly writer: ByteWriter;
  readonly layout: ModuleLayout;
  readonly limits: MeteringLimits;
  readonly ours: AppendedIndices;
  /** All appended functions. The last ones are `state`. */
  readonly helpers: readonly Helper[];
  readonly state: readonly StateHelper[];
}

/** Writes the metered module. The engine must have validated the module of `layout`. */
export const rewriteModule = function* (
  layout: ModuleLayout,
  limits: MeteringLimits,
): Steps<Uint8Array<ArrayBuffer>> {
  const { bytes, imported } = layout;
  const flags = layout.functions.filter((plan) => plan.isSlowToCompile).length;
  const firstState = layout.globals + 2 + flags;
  const keepsSize = layout.checksAccesses && layout.growsMemory;
  const ours: AppendedIndices = {
    firstType: layout.typeParams.length,
    firstFunction: layout.functionTypes.length,
    fuelGlobal: layout.globals,
    refundGlobal: layout.globals + 1,
    firstFlagGlobal: layout.globals + 2,
    hookTable: imported.tables + layout.tables.length,
    changesGlobal: firstState,
    sizeGlobal: keepsSize ? firstState + stateGlobals(layout).length : undefined,
  };
  const caps = {
    bytes: limits.memoryBytes,
    elements: limits.tableElements,
    pages: Math.floor(limits.memoryBytes / PAGE_BYTES),
  };
  const mostPages = Math.min(layout.memories[0]?.max ?? caps.pages, caps.pages);
  const metering = buildHelpers(ours, caps, memoryOf(layout, caps.pages), mostPages);
  const state = buildStateHelpers(layout, ours);
  const helpers = [...metering, ...state];
  const writer = createByteWriter(Math.ceil(bytes.length * 1.2) + 1024);
  const rewrite: Rewrite = { writer, layout, limits, ours, helpers, state };
  writeRange(writer, bytes, 0, 8); // the header
  let written = 0; // how many of EXTENDED are written
  const writeUpTo = function* (order: number): Steps {
    for (; written < EXTENDED.length && sectionOrder(EXTENDED[written]!) < order; written++) {
      yield* writeSection(rewrite, EXTENDED[written]!, undefined);
    }
  };
  for (const section of layout.sections) {
    if (section.id === SECTION.custom) {
      if (isStale(bytes, section)) continue;
      writeRange(writer, bytes, section.start, section.end);
      continue;
    }
    yield* writeUpTo(sectionOrder(section.id));
    if (section.id === EXTENDED[written]) written += 1;
    yield* writeSection(rewrite, section.id, section);
  }
  yield* writeUpTo(Number.POSITIVE_INFINITY);
  return writer.bytes.slice(0, writer.length);
};

/** An imported memory is capped in the module that defines it. */
const memoryOf = ({ imported, memories }: ModuleLayout, mostPages: number) => {
  const [own] = memories;
  if (own === undefined) return imported.memories === 0 ? 'none' : 'capped';
  return own.max !== undefined && own.max <= mostPages ? 'smaller' : 'capped';
};

const writeSection = function* (rewrite: Rewrite, id: number, section: SectionRange | undefined): Steps {
  const { writer } = rewrite;
  yield;
  if (id === SECTION.code) {
    writeByte(writer, id);
    yield* writeBodies(rewrite);
    return;
  }
  const content = contentOf(rewrite, id, section);
  if (content === undefined) {
    // Sections without additions: imports and segments. The start section is omitted, because it became an export.
    if (section !== undefined && id !== SECTION.start) {
      writeRange(writer, rewrite.layout.bytes, section.start, section.end);
    }
    return;
  }
  writeByte(writer, id);
  writeSized(writer, content);
};

const contentOf = (
  rewrite: Rewrite,
  id: number,
  section: SectionRange | undefined,
): (() => void) | undefined => {
  switch (id) {
    case SECTION.type:
      return () => writeTypes(rewrite, section);
    case SECTION.import:
      return rewrite.layout.namespaces.length === 0 ? undefined : () => writeImports(rewrite, section);
    case SECTION.function:
      return () => writeFunctions(rewrite, section);
    case SECTION.table:
      return () => writeTables(rewrite);
    case SECTION.memory:
      return () => writeMemories(rewrite);
    case SECTION.global:
      return () => writeGlobals(rewrite, section);
    case SECTION.export:
      return () => writeExports(rewrite, section);
    default:
      return undefined;
  }
};

/** Writes the count of a section plus `added`. Returns the offset of its entries. */
const writeCount = (rewrite: Rewrite, section: SectionRange | undefined, added: number): number => {
  if (section === undefined) {
    writeU32(rewrite.writer, added);
    return 0;
  }
  const reader: ByteReader = { bytes: rewrite.layout.bytes, pos: section.content, end: section.end };
  writeU32(rewrite.writer, readU32(reader) + added);
  return reader.pos;
};

/** Writes the count of a section plus `added`, and all of its entries. */
const writeEntries = (rewrite: Rewrite, section: SectionRange | undefined, added: number): void => {
  const entries = writeCount(rewrite, section, added);
  if (section !== undefined) writeRange(rewrite.writer, rewrite.layout.bytes, entries, section.end);
};

const writeTypes = (rewrite: Rewrite, section: SectionRange | undefined): void => {
  writeEntries(rewrite, section, HELPER_TYPES.length);
  for (const type of HELPER_TYPES) writeBytes(rewrite.writer, type);
};

/** Writes the imports. Those of the renamed namespace get its new name. */
const writeImports = (rewrite: Rewrite, section: SectionRange | undefined): void => {
  const { layout, writer } = rewrite;
  let copied = writeCount(rewrite, section, 0);
  for (const { nameStart, nameEnd } of layout.namespaces) {
    writeRange(writer, layout.bytes, copied, nameStart);
    writeName(writer, layout.renamedNamespace?.to ?? '');
    copied = nameEnd;
  }
  if (section !== undefined) writeRange(writer, layout.bytes, copied, section.end);
};

const writeFunctions = (rewrite: Rewrite, section: SectionRange | undefined): void => {
  const { helpers, ours, writer } = rewrite;
  writeEntries(rewrite, section, helpers.length + 1);
  for (const helper of helpers) writeU32(writer, ours.firstType + helper.type);
  writeU32(writer, ours.firstType + CONSUMER);
};

const writeTables = (rewrite: Rewrite): void => {
  const { layout, limits, writer } = rewrite;
  const shadows = hasShadowTables(layout) ? layout.tables : [];
  writeU32(writer, layout.tables.length + 1 + shadows.length);
  for (const table of layout.tables) {
    writeByte(writer, table.type);
    writeClamped(writer, table, limits.tableElements);
  }
  writeByte(writer, TYPE.funcref);
  writeClamped(writer, { type: TYPE.funcref, min: 1, max: 1 }, 1);
  for (const table of shadows) {
    writeByte(writer, table.type);
    writeClamped(writer, { ...table, min: 0 }, limits.tableElements);
  }
};

const writeMemories = (rewrite: Rewrite): void => {
  const { layout, limits, writer } = rewrite;
  writeU32(writer, layout.memories.length);
  for (const memory of layout.memories)
    writeClamped(writer, memory, Math.floor(limits.memoryBytes / PAGE_BYTES));
};

/**
 * Writes limits with a maximum of at most `most`. Limits of imports stay unchanged: the imported object is limited where it is defined, and
 * a smaller maximum satisfies every import that a larger one does.
 */
const writeClamped = (writer: ByteWriter, { min, max }: DefinedLimits, most: number): void => {
  writeByte(writer, 1); // a maximum follows
  writeU32(writer, min);
  writeU32(writer, Math.min(max ?? most, most));
};

const writeGlobals = (rewrite: Rewrite, section: SectionRange | undefined): void => {
  const { layout, ours, writer } = rewrite;
  const flags = ours.changesGlobal - ours.firstFlagGlobal;
  const state = stateGlobals(layout);
  const size = ours.sizeGlobal === undefined ? [] : [startSize(layout)];
  writeEntries(rewrite, section, 2 + flags + state.length + size.length);
  // The counter starts at zero, so the first entry asks for fuel. Without a hook, that traps.
  writeBytes(writer, [TYPE.i32, 1, OP.i32Const, 0, OP.end]);
  writeBytes(writer, [TYPE.i32, 1, OP.i32Const, 0, OP.end]);
  for (let flag = 0; flag < flags; flag++) writeBytes(writer, [TYPE.i32, 1, OP.i32Const, 1, OP.end]);
  for (const global of [...state, ...size]) writeBytes(writer, global);
};

/** The global with the memory's size, with its initial value. */
const startSize = ({ memories }: ModuleLayout): number[] => [
  ...[TYPE.i32, 1, ...i32Const((memories[0]?.min ?? 0) * PAGE_BYTES), OP.end],
];

const writeExports = (rewrite: Rewrite, section: SectionRange | undefined): void => {
  const { helpers, layout, ours, state, writer } = rewrite;
  const hasMemory = layout.imported.memories + layout.memories.length > 0;
  const keepsSize = ours.sizeGlobal !== undefined;
  const added = 3 + Number(hasMemory) + Number(keepsSize) + Number(layout.start !== undefined) + state.length;
  let copied = writeCount(rewrite, section, added);
  for (const { nameStart, nameEnd, to } of layout.renamed) {
    writeRange(writer, layout.bytes, copied, nameStart);
    writeName(writer, to);
    copied = nameEnd;
  }
  if (section !== undefined) writeRange(writer, layout.bytes, copied, section.end);
  writeExport(writer, METERED_EXPORTS.exchangeFuel, KIND.function, ours.firstFunction + HELPER.exchangeFuel);
  writeExport(writer, METERED_EXPORTS.outOfFuel, KIND.table, ours.hookTable);
  writeExport(writer, METERED_EXPORTS.warm, KIND.function, ours.firstFunction + helpers.length);
  if (hasMemory) writeExport(writer, METERED_EXPORTS.memory, KIND.memory, 0);
  if (ours.sizeGlobal !== undefined)
    writeExport(writer, METERED_EXPORTS.memoryBytes, KIND.global, ours.sizeGlobal);
  const firstState = ours.firstFunction + helpers.length - state.length;
  for (const [i, { exportedAs }] of state.entries())
    writeExport(writer, exportedAs, KIND.function, firstState + i);
  if (layout.start !== undefined) writeExport(writer, METERED_EXPORTS.start, KIND.function, layout.start);
};

const writeExport = (writer: ByteWriter, name: string, kind: number, index: number): void => {
  writeName(writer, name);
  writeByte(writer, kind);
  writeU32(writer, index);
};

const writeBodies = function* (rewrite: Rewrite): Steps {
  const { helpers, layout, ours, writer } = rewrite;
  const start = beginSized(writer);
  writeU32(writer, layout.functions.length + helpers.length + 1);
  let nextFlag = ours.firstFlagGlobal;
  for (const [i, plan] of layout.functions.entries()) {
    const onEntry = layout.uncharged[layout.imported.functions + i] === 0;
    chargeFunction(writer, layout, plan, ours, onEntry, plan.isSlowToCompile ? nextFlag++ : undefined);
    yield;
  }
  for (const { body } of helpers) {
    writeU32(writer, body.length);
    writeBytes(writer, body);
  }
  writeSized(writer, () => writeWarmFunction(writer, layout));
  endSized(writer, start);
};

/**
 * Custom sections that contain offsets or indices, which have changed, or that influence how an engine compiles: debug information, branch
 * and compilation hints, relocations. Names are removed too, because a partly wrong stack trace is misleading.
 */
const STALE = new Set(['name', 'sourceMappingURL', 'external_debug_info', 'compilationHints', 'linking']);
const STALE_PREFIXES = ['.debug_', 'metadata.code.', 'reloc.'];

const isStale = (bytes: Uint8Array, section: SectionRange): boolean => {
  const reader: ByteReader = { bytes, pos: section.content, end: section.end };
  const length = readU32(reader);
  // No stale name is longer than 64 bytes, except for the text after a prefix.
  const head = String.fromCharCode(...bytes.subarray(reader.pos, reader.pos + Math.min(length, 64)));
  return STALE.has(head) || STALE_PREFIXES.some((prefix) => head.startsWith(prefix));
};
