/** No module may import from, import, or export a name that begins so: all that metering adds does. */
export const RESERVED_PREFIX = 'plugwire:';

/** Names of what metering adds to a module's exports. */
export const METERED_EXPORTS = {
  /** `(i32) → i32`: sets the fuel counter, returns what it was. */
  exchangeFuel: 'plugwire:exchange_fuel',
  /** A table of one: the host's hook goes there (`createFuelHook`). An empty one traps. */
  outOfFuel: 'plugwire:out_of_fuel',
  /** The module's memory, whatever it calls it itself. Only if there is one. */
  memory: 'plugwire:memory',
  /**
   * The memory's size in bytes, a mutable global. Only where metering keeps it (`MeteringLimits.shrinkableMemory`): the host may make it
   * smaller, once what lies beyond is zero.
   */
  memoryBytes: 'plugwire:memory_bytes',
  /** `() → i32`: bits of `CHANGE`, noted since it was last asked. Only if the module can change any of it. */
  takeChanges: 'plugwire:take_changes',
  /** `() → ()`: keeps the values of its mutable globals, and sets them to the kept ones. Only if it has any. */
  saveGlobals: 'plugwire:save_globals',
  restoreGlobals: 'plugwire:restore_globals',
  /** The same for its tables. Only if they can be changed, by this module or by others. */
  saveTables: 'plugwire:save_tables',
  restoreTables: 'plugwire:restore_tables',
  /**
   * `(i32 address) → ()`: writes its mutable globals into the module's memory, and reads them from there, so that another instance
   * can have them. Only if there are a memory and globals of numbers or vectors.
   */
  storeGlobals: 'plugwire:store_globals',
  loadGlobals: 'plugwire:load_globals',
  /** `() → ()`: what the start section named. Only if there was one. */
  start: 'plugwire:start',
  /** `(i32) → ()`: calls the function with this number with zeros, so that the engine compiles it (`prepare/warm-module.ts`). */
  warm: 'plugwire:warm',
} as const;

/**
 * Exports that Extism, or any WASI host, calls by itself while it instantiates: before a hook is installed, outside of
 * any budget. They are renamed, so that only the metered host can call them, in a phase of its own.
 */
export const INITIALISERS = ['_start', '_initialize', 'hs_init'] as const;

export type Initialiser = (typeof INITIALISERS)[number];

/** The name under which an initialiser is exported from a metered module. */
export const meteredInitialiser = (name: Initialiser): string => {
  return RESERVED_PREFIX + name;
};

/** The name that an export of a metered module has in the original; what metering has added keeps its own. */
export const ownName = (exported: string): string =>
  INITIALISERS.find((name) => meteredInitialiser(name) === exported) ?? exported;
