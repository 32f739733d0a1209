import type { WasmExports } from '../../base/web-assembly-types.ts';
import { PAGE_BYTES } from '../../metering/metering-limits.ts';
import type { MeteredModule } from '../../metering/meter-module.ts';
import { METERED_EXPORTS } from '../../metering/reserved-names.ts';

/** What has to be known of a module in order to restore it. */
export type StateFacts = Pick<MeteredModule, 'memory' | 'writesTables' | 'globalsBytes'>;

/** A guest's memory. Where metering keeps its size, what there really is may be larger, and zero beyond. */
export interface GuestMemory {
  readonly buffer: ArrayBuffer;
  /** The size that the guest knows. */
  usedBytes(): number;
  /** Makes it larger. Throws the engine's `RangeError` where there is no room. */
  growTo(bytes: number): void;
  /** Makes it as large as it was, once what lies beyond is zero; `undefined` for one that cannot become smaller. */
  readonly shrinkTo: ((bytes: number) => void) | undefined;
}

/** One module of an instance, as it is linked. */
export interface LinkedModule {
  readonly exports: WasmExports;
  /** Its memory, or the one that it imports. */
  readonly memory: GuestMemory | undefined;
  /** Whether the memory is its own. */
  readonly definesMemory: boolean;
  readonly writesTables: boolean;
  readonly globalsBytes: number | undefined;
  // What metering has added: each is there only if the module has what it is for.
  readonly takeChanges: (() => number) | undefined;
  readonly saveGlobals: (() => void) | undefined;
  readonly restoreGlobals: (() => void) | undefined;
  readonly saveTables: (() => void) | undefined;
  readonly restoreTables: (() => void) | undefined;
  readonly storeGlobals: ((address: number) => void) | undefined;
  readonly loadGlobals: ((address: number) => void) | undefined;
}

/** Looks for what metering has added to a module's exports. */
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

/** Bytes of the memories that these modules define. */
export const memoryBytes = (modules: readonly LinkedModule[]): number =>
  modules.reduce(
    (sum, { definesMemory, memory }) => sum + (definesMemory ? (memory?.usedBytes() ?? 0) : 0),
    0,
  );
