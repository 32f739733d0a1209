import { type ByteReader, readByte, readU32, skipBytes } from './byte-reader.ts';
import { type MeteringLimits, STRUCTURE } from './metering-limits.ts';
import {
  type ModuleLayout,
  markEntered,
  type NamespaceRename,
  SECTION,
  sectionOrder,
} from './module-layout.ts';
import { refuse, refuseFeature, refuseMalformed, refuseUnknown } from './refusal.ts';
import { createEditLog } from './edit-log.ts';
import { scanCode } from './scan-code.ts';
import {
  scanExports,
  scanFunctionTypes,
  scanGlobals,
  scanImports,
  scanMemories,
  scanTables,
  scanTypes,
} from './scan-declarations.ts';
import { CALL_WEIGHT } from './weights.ts';
import { scanData, scanElements } from './scan-segments.ts';
import type { Steps } from './steps.ts';

/** `\0asm`, version 1. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/**
 * Reads the whole module, checks the limits, and plans the rewrite. One pass that is linear in the bytes, before any engine sees them.
 * Throws a `Refusal`. It does not check types: the engine validates the same bytes afterwards, and a plan is only used for a module that
 * passed both.
 */
export const scanModule = function* (
  bytes: Uint8Array,
  limits: MeteringLimits,
  renamedNamespace?: NamespaceRename,
): Steps<ModuleLayout> {
  const reader: ByteReader = { bytes, pos: 0, end: bytes.length };
  for (const expected of HEADER) {
    if (readByte(reader) !== expected)
      refuseMalformed('not the header of a WebAssembly module', reader.pos - 1);
  }
  const layout = createLayout(bytes, limits, renamedNamespace);
  let lastOrder = 0;
  while (reader.pos < bytes.length) {
    const start = reader.pos;
    const id = readByte(reader);
    const size = readU32(reader);
    const content = reader.pos;
    if (size > bytes.length - content) refuseMalformed('a section longer than the module', start);
    const end = content + size;
    layout.sections.push({ id, start, content, end });
    if (layout.sections.length > STRUCTURE.definitions) {
      refuse(
        'too_many_definitions',
        `more than ${STRUCTURE.definitions} sections; strip the module's custom sections`,
      );
    }
    reader.end = end;
    if (id === SECTION.custom) {
      skipBytes(reader, readU32(reader)); // the name
    } else {
      if (id === SECTION.tag) refuseFeature('exception handling', start);
      const order = sectionOrder(id);
      if (order === 0) refuseUnknown('section', id, start);
      if (order <= lastOrder) refuseMalformed('a section out of order', start);
      lastOrder = order;
      if (id === SECTION.code) {
        layout.checksAccesses = limits.shrinkableMemory === true && layout.memories.length > 0;
        yield* scanCode(reader, layout, limits);
      } else scanSection(reader, id, layout, limits);
      if (reader.pos !== end) refuseMalformed('a section longer than its content', reader.pos);
    }
    reader.pos = end;
    reader.end = bytes.length;
    yield;
  }
  const defined = layout.functionTypes.length - layout.imported.functions;
  if (layout.functions.length !== defined)
    refuseMalformed('a function section that the code section contradicts', 0);
  return layout;
};

const createLayout = (
  bytes: Uint8Array,
  limits: MeteringLimits,
  renamedNamespace: NamespaceRename | undefined,
): ModuleLayout => {
  // Each function takes at least one byte.
  const functions = Math.min(limits.moduleFunctions, bytes.length);
  return {
    bytes,
    sections: [],
    typeParams: [],
    typeResults: [],
    typeStarts: [],
    typeEnds: [],
    functionTypes: [],
    entered: new Uint8Array(functions),
    uncharged: new Uint8Array(functions),
    callWeights: new Uint8Array(functions).fill(CALL_WEIGHT),
    charges: new Uint8Array(functions).fill(1),
    mostValues: 0,
    sharesTables: false,
    tables: [],
    memories: [],
    tableElements: 0,
    importedFunctions: [],
    imported: { functions: 0, tables: 0, memories: 0, globals: 0 },
    globals: 0,
    checksAccesses: false,
    growsMemory: false,
    mutableGlobals: [],
    changes: 0,
    start: undefined,
    renamedNamespace,
    namespaces: [],
    exportedFunctions: [],
    renamed: [],
    functions: [],
    edits: createEditLog(),
  };
};

const scanSection = (reader: ByteReader, id: number, layout: ModuleLayout, limits: MeteringLimits): void => {
  switch (id) {
    case SECTION.type:
      return scanTypes(reader, layout, limits);
    case SECTION.import:
      return scanImports(reader, layout, limits);
    case SECTION.function:
      return scanFunctionTypes(reader, layout, limits);
    case SECTION.table:
      return scanTables(reader, layout, limits);
    case SECTION.memory:
      return scanMemories(reader, layout, limits);
    case SECTION.global:
      return scanGlobals(reader, layout);
    case SECTION.export:
      return scanExports(reader, layout);
    case SECTION.start:
      layout.start = readU32(reader);
      return markEntered(layout, layout.start, reader.pos);
    case SECTION.element:
      return scanElements(reader, layout);
    case SECTION.dataCount:
      readU32(reader);
      return;
    case SECTION.data:
      return scanData(reader, layout);
    default:
      return refuseUnknown('section', id, reader.pos);
  }
};
