import type { PluginLimits } from '../base/limits.ts';

/** The limits of a plugin that metering checks before the engine sees the module. `limits.ts` explains each. */
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
   * Whether the host can shrink a memory that has grown. Metering then keeps the memory's size and checks each access against it, which
   * makes modules that grow their memory slower. No other module may share the memory.
   */
  readonly shrinkableMemory?: boolean;
}

/** Copies the metering limits from an object with more limits. The copy can be posted to a thread. */
export const meteringLimitsOf = (limits: MeteringLimits): MeteringLimits => {
  const numbers = Object.fromEntries(METERING_LIMITS.map((name) => [name, limits[name]]));
  return {
    ...(numbers as Record<MeteringLimit, number>),
    shrinkableMemory: limits.shrinkableMemory ?? false,
  };
};

/** Bytes of one page of linear memory, by the specification. */
export const PAGE_BYTES = 65_536;

/** Fixed limits that no known real module exceeds. docs/metering.md has the costs of the worst modules within them. */
export const STRUCTURE = {
  /** Parameters, and results, of a function type. 1,000 in 14 KB made validation take 58 ms. Real modules need 23. */
  arity: 64,
  /** Globals, exports, custom sections: each. */
  definitions: 10_000,
  /** Imports. Linking looks up each one by name among all exports of its provider. */
  imports: 1_000,
  /** Data segments, and element segments with all of their entries. */
  segments: 100_000,
  /** Instructions of one constant expression. 2 million operands took Node 26 0.5 s to validate, and 0.5 s in each instance. */
  constantInstructions: 1_000,
  /** Tables. LLVM writes one, and a second one for reference types. */
  tables: 16,
} as const;

/** Parameters and results of a function type together. */
export const MOST_VALUES = 2 * STRUCTURE.arity;
