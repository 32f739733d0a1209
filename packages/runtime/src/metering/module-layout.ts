import { type ByteReader, readCount } from './byte-reader.ts';
import { type EditLog, pushEdit } from './edit-log.ts';
import { refuse, refuseMalformed } from './refusal.ts';
import type { Initialiser } from './reserved-names.ts';
import type { FunctionPlan } from './function-plan.ts';

/** Section ids, from the specification, §5.5.2. */
export const SECTION = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  tag: 13,
} as const;

/** The position of each section id in the order of the specification. 0 means "anywhere" or "unknown". */
const ORDER = new Uint8Array(256);
[
  SECTION.type,
  SECTION.import,
  SECTION.function,
  SECTION.table,
  SECTION.memory,
  SECTION.global,
  SECTION.export,
  SECTION.start,
  SECTION.element,
  SECTION.dataCount,
  SECTION.code,
  SECTION.data,
].forEach((id, index) => {
  ORDER[id] = index + 1;
});

/** The rank of a section. It determines where the rewrite adds a section. */
export const sectionOrder = (id: number): number => {
  return ORDER[id]!;
};

/** Kinds of imports and exports, §5.5.5. */
export const KIND = { function: 0, table: 1, memory: 2, global: 3, tag: 4 } as const;

/** The offsets of a section: `start` is that of its id, `content..end` is the content. */
export interface SectionRange {
  readonly id: number;
  readonly start: number;
  readonly content: number;
  readonly end: number;
}

/** A table or memory that the module defines, with its limits in elements or pages. `type` is the byte of the reference type. */
export interface DefinedLimits {
  readonly type: number;
  readonly min: number;
  readonly max: number | undefined;
}

/** A mutable global that the module defines. `type` is the byte of its value type. */
interface MutableGlobal {
  readonly index: number;
  readonly type: number;
}

/** An import namespace, and the namespace that replaces it. */
export interface NamespaceRename {
  readonly from: string;
  readonly to: string;
}

/** A name to replace. `nameStart..nameEnd` covers its length and its text. */
interface NameRange {
  readonly nameStart: number;
  readonly nameEnd: number;
}

/** An export whose name the rewriter replaces. */
interface RenamedExport extends NameRange {
  readonly from: Initialiser;
  readonly to: string;
  readonly functionIndex: number;
}

/** An exported function: `textStart..textEnd` is its name in UTF-8. */
interface ExportedFunction {
  readonly textStart: number;
  readonly textEnd: number;
  readonly functionIndex: number;
}

/** An imported function: the offsets of its module's name and of its own name, in UTF-8. */
interface ImportedFunction {
  readonly moduleStart: number;
  readonly moduleEnd: number;
  readonly textStart: number;
  readonly textEnd: number;
}

/** Everything that the rewrite needs to know about a module, found in one pass over its bytes. */
export interface ModuleLayout {
  readonly bytes: Uint8Array;
  readonly sections: SectionRange[];
  /** Number of parameters, and of results, by type index. */
  readonly typeParams: number[];
  readonly typeResults: number[];
  /** By type index: where its parameters and results are encoded. */
  readonly typeStarts: number[];
  readonly typeEnds: number[];
  /** Type index by function index, imported functions first. */
  readonly functionTypes: number[];
  /** By function index: 1 if the function can be entered other than by a direct call, so that it must charge for itself. */
  readonly entered: Uint8Array;
  /** By function index: 1 if its callers pay for its entry. */
  readonly uncharged: Uint8Array;
  /** By function index: the weight of a direct call, and 1 if a charge may be made while it runs. */
  readonly callWeights: Uint8Array;
  readonly charges: Uint8Array;
  /** The largest `valuesOf` of all types. */
  mostValues: number;
  /** Whether a table is imported or exported. Another module may then have put functions of any type into it. */
  sharesTables: boolean;
  readonly tables: DefinedLimits[];
  readonly memories: DefinedLimits[];
  /** The sum of the initial elements of all tables. */
  tableElements: number;
  /** By function index. */
  readonly importedFunctions: ImportedFunction[];
  readonly imported: { functions: number; tables: number; memories: number; globals: number };
  /** Imported and defined. */
  globals: number;
  /** Whether accesses to its memory are checked against a size that metering keeps. Only if the memory can grow. */
  checksAccesses: boolean;
  growsMemory: boolean;
  /** The mutable globals that it defines. */
  readonly mutableGlobals: MutableGlobal[];
  /** Bits of `CHANGE`: the changes that instructions of the module can make. */
  changes: number;
  start: number | undefined;
  /** The import namespace to rename, and the offsets of its name. */
  readonly renamedNamespace: NamespaceRename | undefined;
  readonly namespaces: NameRange[];
  readonly exportedFunctions: ExportedFunction[];
  readonly renamed: RenamedExport[];
  readonly functions: FunctionPlan[];
  readonly edits: EditLog;
}

/** The number of parameters and results of a type with several results, or 0. The engine compiles an entry wrapper for such functions. */
export const valuesOf = (
  { typeParams, typeResults }: Pick<ModuleLayout, 'typeParams' | 'typeResults'>,
  type: number,
): number => (typeResults[type]! > 1 ? typeParams[type]! + typeResults[type]! : 0);

/** Plans an edit. `kind` is one of `EDIT`. Positions never decrease. */
export const addEdit = (
  { edits }: Pick<ModuleLayout, 'edits'>,
  kind: number,
  position: number,
  value: number,
): void => {
  pushEdit(edits, kind, position, value);
};

/** Notes that a function can be entered other than by a direct call: it is exported, referenced, or the start function. */
export const markEntered = (layout: ModuleLayout, functionIndex: number, where: number): void => {
  if (functionIndex >= layout.functionTypes.length) refuseMalformed('a function index out of range', where);
  layout.entered[functionIndex] = 1;
};

/** Reads a count. Refuses the module if the count is above `most`. `what` is a plural. */
export const readLimitedCount = (reader: ByteReader, most: number, what: string): number => {
  const count = readCount(reader);
  if (count > most)
    refuse('too_many_definitions', `${count} ${what}; at most ${most} are accepted; split the plugin`);
  return count;
};
