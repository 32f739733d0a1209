import { type ByteReader, readByte, readCount, readU32, skipBytes } from './byte-reader.ts';
import { type MeteringLimits, PAGE_BYTES, STRUCTURE } from './metering-limits.ts';
import {
  type DefinedLimits,
  KIND,
  markEntered,
  type ModuleLayout,
  readLimitedCount,
  valuesOf,
} from './module-layout.ts';
import { TYPE } from './opcodes.ts';
import { refuse, refuseAbove, refuseFeature, refuseMalformed, refuseUnknown } from './refusal.ts';
import { INITIALISERS, meteredInitialiser, RESERVED_PREFIX } from './reserved-names.ts';
import { MOST_COMPARISONS } from '../base/limits.ts';
import { createTypeComparisons } from './type-comparisons.ts';
import {
  refuseType,
  scanConstExpression,
  scanReferenceType,
  scanValueType,
} from './scan-const-expression.ts';

/** Reads the type section: only function types, of limited arity, and no more than an engine can compare quickly. */
export const scanTypes = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const count = readCount(reader);
  const comparisons = createTypeComparisons();
  for (let i = 0; i < count; i++) {
    const at = reader.pos;
    const form = readByte(reader);
    if (form !== TYPE.func) refuseType(form, at);
    layout.typeStarts.push(reader.pos);
    const params = scanArity(reader);
    const results = scanArity(reader);
    layout.typeEnds.push(reader.pos);
    layout.typeParams.push(params);
    layout.typeResults.push(results);
    layout.mostValues = Math.max(layout.mostValues, valuesOf(layout, i));
    comparisons.add(reader.bytes, at, reader.pos, params, results);
    if (comparisons.total > MOST_COMPARISONS) break;
  }
  if (comparisons.total > limits.typeComparisons) {
    const seen = `${count} function types that take ${comparisons.total} comparisons`;
    refuseAbove('too_many_definitions', seen, limits.typeComparisons, 'typeComparisons', 'split the plugin');
  }
};

const scanArity = (reader: ByteReader): number => {
  const arity = readU32(reader);
  if (arity > STRUCTURE.arity) {
    const seen = `a function type with ${arity} parameters or results`;
    refuse('arity_too_large', `${seen}; at most ${STRUCTURE.arity} are accepted; pass a pointer instead`);
  }
  for (let i = 0; i < arity; i++) scanValueType(reader);
  return arity;
};

/**
 * Reads the import section. Imports keep their bytes, except for a namespace that is renamed. A metered module therefore links to the same
 * exports as the original.
 */
export const scanImports = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const { imported, renamedNamespace } = layout;
  const count = readLimitedCount(reader, STRUCTURE.imports, 'imports');
  for (let i = 0; i < count; i++) {
    const nameStart = reader.pos;
    const namespace = scanName(reader);
    refuseReservedName(reader, namespace, 'imports');
    if (renamedNamespace !== undefined && hasText(reader, namespace, renamedNamespace.from, true))
      layout.namespaces.push({ nameStart, nameEnd: reader.pos });
    // The field name is checked too, because a linked module exports its counter under a reserved name.
    const name = scanName(reader);
    refuseReservedName(reader, name, 'imports');
    const at = reader.pos;
    const kind = readByte(reader);
    switch (kind) {
      case KIND.function:
        imported.functions += 1;
        layout.functionTypes.push(scanTypeIndex(reader, layout));
        layout.importedFunctions.push({
          moduleStart: namespace.start,
          moduleEnd: namespace.end,
          textStart: name.start,
          textEnd: name.end,
        });
        break;
      case KIND.table:
        imported.tables += 1;
        layout.sharesTables = true;
        checkTable(layout, scanTable(reader), limits);
        break;
      case KIND.memory:
        imported.memories += 1;
        checkMemory(layout, scanMemory(reader), limits, at);
        break;
      case KIND.global:
        imported.globals += 1;
        layout.globals += 1;
        scanGlobalType(reader);
        break;
      case KIND.tag:
        return refuseFeature('exception handling', at);
      default:
        return refuseUnknown('import kind', kind, at);
    }
  }
};

/** Reads the function section: the type of each function that the module defines. */
export const scanFunctionTypes = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const count = readCount(reader);
  const functions = layout.imported.functions + count;
  if (functions > limits.moduleFunctions) {
    const seen = `${functions} functions, imported ones included`;
    refuseAbove('too_many_definitions', seen, limits.moduleFunctions, 'moduleFunctions', 'split the plugin');
  }
  for (let i = 0; i < count; i++) layout.functionTypes.push(scanTypeIndex(reader, layout));
};

const scanTypeIndex = (reader: ByteReader, layout: ModuleLayout): number => {
  const index = readU32(reader);
  if (index >= layout.typeParams.length) refuseMalformed('a type index out of range', reader.pos);
  return index;
};

/** Reads the table section. */
export const scanTables = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const count = readLimitedCount(reader, STRUCTURE.definitions, 'tables');
  for (let i = 0; i < count; i++) {
    const table = scanTable(reader);
    layout.tables.push(table);
    checkTable(layout, table, limits);
  }
};

const scanTable = (reader: ByteReader): DefinedLimits => {
  const at = reader.pos;
  if (reader.bytes[at] === TYPE.empty) refuseFeature('table initialisers', at);
  const type = scanReferenceType(reader);
  return { type, ...scanLimits(reader) };
};

const checkTable = (layout: ModuleLayout, table: DefinedLimits, limits: MeteringLimits): void => {
  layout.tableElements += table.min;
  const tables = layout.imported.tables + layout.tables.length;
  if (tables > STRUCTURE.tables) {
    refuse('table_too_large', `more than ${STRUCTURE.tables} tables; use fewer`);
  }
  if (layout.tableElements > limits.tableElements) {
    const seen = `tables that start with ${layout.tableElements} elements`;
    refuseAbove('table_too_large', seen, limits.tableElements, 'tableElements', 'use a smaller table');
  }
};

/** Reads the memory section. */
export const scanMemories = (reader: ByteReader, layout: ModuleLayout, limits: MeteringLimits): void => {
  const count = readLimitedCount(reader, STRUCTURE.definitions, 'memories');
  for (let i = 0; i < count; i++) {
    const at = reader.pos;
    const memory = scanMemory(reader);
    layout.memories.push(memory);
    checkMemory(layout, memory, limits, at);
  }
};

const scanMemory = (reader: ByteReader): DefinedLimits => {
  return { type: 0, ...scanLimits(reader) };
};

const checkMemory = (
  layout: ModuleLayout,
  memory: DefinedLimits,
  limits: MeteringLimits,
  where: number,
): void => {
  if (layout.imported.memories + layout.memories.length > 1) refuseFeature('multi-memory', where);
  const bytes = memory.min * PAGE_BYTES;
  if (bytes > limits.memoryBytes) {
    const seen = `a memory that starts with ${bytes} bytes`;
    refuseAbove('memory_too_large', seen, limits.memoryBytes, 'memoryBytes', 'start with a smaller memory');
  }
};

/** Bits of the flags before limits: a maximum follows, it is shared, its addresses are 64-bit. */
const LIMIT_FLAG = { max: 1, shared: 2, wide: 4 } as const;

const scanLimits = (reader: ByteReader): { min: number; max: number | undefined } => {
  const at = reader.pos;
  const flags = readByte(reader);
  if (flags > (LIMIT_FLAG.max | LIMIT_FLAG.shared | LIMIT_FLAG.wide)) refuseUnknown('limits flag', flags, at);
  if ((flags & LIMIT_FLAG.shared) !== 0) refuseFeature('threads', at);
  if ((flags & LIMIT_FLAG.wide) !== 0) refuseFeature('memory64', at);
  const min = readU32(reader);
  return { min, max: (flags & LIMIT_FLAG.max) === 0 ? undefined : readU32(reader) };
};

/** Reads the global section. */
export const scanGlobals = (reader: ByteReader, layout: ModuleLayout): void => {
  const count = readLimitedCount(reader, STRUCTURE.definitions, 'globals');
  const first = layout.globals;
  layout.globals += count;
  for (let i = 0; i < count; i++) {
    const { type, isMutable } = scanGlobalType(reader);
    if (isMutable) layout.mutableGlobals.push({ index: first + i, type });
    scanConstExpression(reader, layout);
  }
};

const scanGlobalType = (reader: ByteReader): { type: number; isMutable: boolean } => {
  const type = scanValueType(reader);
  const at = reader.pos;
  const mutability = readByte(reader);
  if (mutability === 2 || mutability === 3) refuseFeature('threads', at);
  if (mutability > 1) refuseUnknown('mutability', mutability, at);
  return { type, isMutable: mutability === 1 };
};

/** Reads the export section. Refuses reserved names, and notes which initialisers to rename. */
export const scanExports = (reader: ByteReader, layout: ModuleLayout): void => {
  const count = readLimitedCount(reader, STRUCTURE.definitions, 'exports');
  for (let i = 0; i < count; i++) {
    const nameStart = reader.pos;
    const name = scanName(reader);
    refuseReservedName(reader, name, 'exports');
    const nameEnd = reader.pos;
    const kind = readByte(reader);
    if (kind === KIND.tag) refuseFeature('exception handling', nameEnd);
    if (kind > KIND.tag) refuseUnknown('export kind', kind, nameEnd);
    const index = readU32(reader);
    if (kind === KIND.table) layout.sharesTables = true;
    if (kind !== KIND.function) continue;
    markEntered(layout, index, nameEnd);
    layout.exportedFunctions.push({ textStart: name.start, textEnd: name.end, functionIndex: index });
    const initialiser = INITIALISERS.find((candidate) => hasText(reader, name, candidate, true));
    if (initialiser !== undefined) {
      const to = meteredInitialiser(initialiser);
      layout.renamed.push({ from: initialiser, nameStart, nameEnd, to, functionIndex: index });
    }
  }
};

/** The bytes of a name: `start..end`. They are only compared and never shown. */
interface NameRange {
  readonly start: number;
  readonly end: number;
}

const scanName = (reader: ByteReader): NameRange => {
  const length = readU32(reader);
  const start = reader.pos;
  skipBytes(reader, length);
  return { start, end: reader.pos };
};

const hasText = (reader: ByteReader, name: NameRange, ascii: string, whole: boolean): boolean => {
  const length = name.end - name.start;
  if (whole ? length !== ascii.length : length < ascii.length) return false;
  for (let i = 0; i < ascii.length; i++) {
    if (reader.bytes[name.start + i] !== ascii.charCodeAt(i)) return false;
  }
  return true;
};

const refuseReservedName = (reader: ByteReader, name: NameRange, verb: string): void => {
  if (!hasText(reader, name, RESERVED_PREFIX, false)) return;
  refuse(
    'reserved_name',
    `the module ${verb} a name that begins with "${RESERVED_PREFIX}", kept for the host; rename it`,
  );
};
