/** What an operator may set. All are checked before the engine sees the module. */
export interface MeteringLimits {
  /** Bytes of the whole module. */
  readonly moduleBytes: number;
  /** Bytes of one function's body. At 256 KiB the slowest to compile that was found takes 120 ms on its first call. */
  readonly functionBytes: number;
  /** Bytes of linear memory. A module that starts above is refused; one that grows above gets −1 from `memory.grow`. */
  readonly memoryBytes: number;
  /** Elements of all tables as they start, and of each one as it grows. */
  readonly tableElements: number;
  /**
   * Whether the host can make a memory that has grown as small again as it was. Metering keeps the memory's size itself then, and checks
   * each access against it, which makes modules that grow their memory slower. No other module may share the memory.
   */
  readonly shrinkableMemory?: boolean;
}

/** Copies the metering limits out of an object that may hold more. The copy can be posted to a thread. */
export const meteringLimitsOf = (limits: MeteringLimits): MeteringLimits => {
  const { moduleBytes, functionBytes, memoryBytes, tableElements, shrinkableMemory = false } = limits;
  return { moduleBytes, functionBytes, memoryBytes, tableElements, shrinkableMemory };
};

/** Bytes of one page of linear memory, by the specification. */
export const PAGE_BYTES = 65_536;

/**
 * What fuel cannot catch: compilation happens inside a function's first call, where no check fires, and validation
 * before any. These are structural, not for operators to set; real release builds stay well below each.
 */
export const STRUCTURE = {
  /** Nested blocks in a function. Compilers and validators keep a frame for each; generated parsers reach some hundreds. */
  depth: 5_000,
  /** `br_table` targets in a function, defaults included. */
  branchTargets: 20_000,
  /** Parameters, and results, of a function type. 1,000 in 14 KB held validation up for 58 ms; real modules need 23. */
  arity: 64,
  /** Parameters and locals of a function. Each is a slot to clear on every entry. */
  locals: 10_000,
  /**
   * Sum over a function's control instructions of its locals plus the operand height: what an optimising compiler's
   * merges cost. Calls and branches weigh 1/16, and a loop 4, since metering wraps it. Without it 12 KB took 1.8 s to
   * compile and 305 KB took 7.8 s; at 1,000,000 the worst found took 126 ms. Real release builds peak at 994,000.
   */
  compileCost: 1_200_000,
  /** Functions, imported ones included. */
  functions: 100_000,
  /**
   * Types, and the parameters and results of all types together. Node 20 compares each type with every other one:
   * 10,000 of them in 654 KB held validation up for 10 s, 1,000 with 10,000 values 13 ms. Real modules have 26 to 135.
   */
  types: 1_000,
  typeValues: 10_000,
  /** Globals, exports, custom sections: each. */
  definitions: 10_000,
  /** Imports. Linking looks each up by name among all exports of its provider. */
  imports: 1_000,
  /** Data segments, and element segments with all of their entries. */
  segments: 100_000,
  /** Tables. LLVM writes one, reference types a second. */
  tables: 16,
} as const;

/** Parameters and results of a function type together. */
export const MOST_VALUES = 2 * STRUCTURE.arity;
