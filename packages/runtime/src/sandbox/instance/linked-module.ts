import type { WasmExports } from '../../base/web-assembly-types.ts';
import { PAGE_BYTES } from '../../metering/metering-limits.ts';
import type { MeteredModule } from '../../metering/meter-module.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';

/** The facts about a module that a restore needs. */
export type StateFacts = Pick<MeteredModule, 'memory' | 'writesTables' | 'globalsBytes'>;

/**
 * A guest's memory. If metering tracks its size, the real memory can be larger, with zeros after the guest's part (RATIONALE.md, "How
 * can a memory become smaller?").
 */
export interface GuestMemory {
  readonly buffer: ArrayBuffer;
  /** Returns the size that the guest sees, in bytes. */
  usedBytes(): number;
  /** Enlarges the memory to a size in bytes. Throws the engine's `RangeError` if there is no memory left. */
  growTo(bytes: number): void;
  /** Makes the memory smaller. Write zeros to the rest first. `undefined` if the memory cannot become smaller. */
  readonly shrinkTo: ((bytes: number) => void) | undefined;
}

/** One linked module of an instance. */
export interface LinkedModule {
  readonly exports: WasmExports;
  /** The memory that it defines or imports. */
  readonly memory: GuestMemory | undefined;
  /** Whether it defines the memory. */
  readonly definesMemory: boolean;
  readonly writesTables: boolean;
  readonly globalsBytes: number | undefined;
  // Functions that metering has added. Each one exists only if the module has the state that it handles.
  readonly takeChanges: (() => number) | undefined;
  readonly saveGlobals: (() => void) | undefined;
  readonly restoreGlobals: (() => void) | undefined;
  readonly saveTables: (() => void) | undefined;
  readonly restoreTables: (() => void) | undefined;
  readonly storeGlobals: ((address: number) => void) | undefined;
  readonly loadGlobals: ((address: number) => void) | undefined;
}

/** Finds the functions that metering has added to a module's exports. */
export const linkedModule = (exports: WasmExports, facts: StateFacts | undefined): LinkedModule => {
  const find = (name: keyof typeof METERED_EXPORTS): unknown => exports[METERED_EXPORTS[name]];
  return {
    exports,
    memory: guestMemory(find('memory'), find('memoryBytes')),
    definesMemory: facts?.memory === 'defined',
    writesTables: facts?.writesTables === true,
    globalsBytes: facts?.globalsBytes,
    takeChanges: find('takeChanges') as LinkedModule['takeChanges'],
    saveGlobals: find('saveGlobals') as LinkedModule['saveGlobals'],
    restoreGlobals: find('restoreGlobals') as LinkedModule['restoreGlobals'],
    saveTables: find('saveTables') as LinkedModule['saveTables'],
    restoreTables: find('restoreTables') as LinkedModule['restoreTables'],
    storeGlobals: find('storeGlobals') as LinkedModule['storeGlobals'],
    loadGlobals: find('loadGlobals') as LinkedModule['loadGlobals'],
  };
};

const guestMemory = (memory: unknown, size: unknown): GuestMemory | undefined => {
  if (!(memory instanceof WebAssembly.Memory)) return undefined;
  const kept = size instanceof WebAssembly.Global ? (size as WebAssembly.Global<'i32'>) : undefined;
  const setSize = (bytes: number): void => {
    if (kept !== undefined) kept.value = bytes;
  };
  return {
    get buffer() {
      return memory.buffer;
    },
    usedBytes: kept === undefined ? () => memory.buffer.byteLength : () => kept.value,
    growTo: (bytes) => {
      const missing = (bytes - memory.buffer.byteLength) / PAGE_BYTES;
      if (missing > 0) memory.grow(missing);
      setSize(bytes);
    },
    shrinkTo: kept === undefined ? undefined : setSize,
  };
};

/** Returns the size of the memories that these modules define, in bytes. */
export const memoryBytes = (modules: readonly LinkedModule[]): number =>
  modules.reduce(
    (sum, { definesMemory, memory }) => sum + (definesMemory ? (memory?.usedBytes() ?? 0) : 0),
    0,
  );
