import type { PluginLimits } from '../base/limits.ts';

/** The limits of a plugin that metering checks, all before the engine sees the module. `limits.ts` explains each. */
export const METERING_LIMITS = [
  'moduleBytes',
  'memoryBytes',
  'tableElements',
  'moduleFunctions',
  'typeComparisons',
  'functionBytes',
  'functionLocals',
  'functionDepth',
  'functionBranchTargets',
  'functionCompileCost',
] as const satisfies readonly (keyof PluginLimits)[];

/** The name of a limit that metering checks. */
export type MeteringLimit = (typeof METERING_LIMITS)[number];

export interface MeteringLimits extends Pick<PluginLimits, MeteringLimit> {
  /**
   * Whether the host can make a memory that has grown as small again as it was. Metering keeps the memory's size itself then, and checks
   * each access against it, which makes modules that grow their memory slower. No other module may share the memory.
   */
  readonly shrinkableMemory?: boolean;
}

/** Copies the metering limits out of an object that may hold more. The copy can be posted to a thread. */
export const meteringLimitsOf = (limits: MeteringLimits): MeteringLimits => {
  const numbers = Object.fromEntries(METERING_LIMITS.map((name) => [name, limits[name]]));
  return {
    ...(numbers as Record<MeteringLimit, number>),
    shrinkableMemory: limits.shrinkableMemory ?? false,
  };
};

/** Bytes of one page of linear memory, by the specification. */
export const PAGE_BYTES = 65_536;

/** What no real module was seen to need more of. docs/metering.md has what the worst modules within these cost. */
export const STRUCTURE = {
  /** Parameters, and results, of a function type. 1,000 in 14 KB held validation up for 58 ms; real modules need 23. */
  arity: 64,
  /** Globals, exports, custom sections: each. */
  definitions: 10_000,
  /** Imports. Linking looks each up by name among all exports of its provider. */
  imports: 1_000,
  /** Data segments, and element segments with all of their entries. */
  segments: 100_000,
  /** Instructions of one constant expression. 2 million operands took Node 26 0.5 s to validate, and 0.5 s in each instance. */
  constantInstructions: 1_000,
  /** Tables. LLVM writes one, reference types a second. */
  tables: 16,
} as const;

/** Parameters and results of a function type together. */
export const MOST_VALUES = 2 * STRUCTURE.arity;
