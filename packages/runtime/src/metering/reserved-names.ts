/** The prefix of all names that metering adds. No module may import from, import or export a name with this prefix. */
export const RESERVED_PREFIX = 'plugwire:';

/** Names of the exports that metering adds to a module. */
export const METERED_EXPORTS = {
  /** `(i32) → i32`: sets the fuel counter and returns its previous value. */
  exchangeFuel: 'plugwire:exchange_fuel',
  /** A table with one element for the host's hook (`createFuelHook`). If it is empty, the guest traps. */
  outOfFuel: 'plugwire:out_of_fuel',
  /** The module's memory under a fixed name. Only if there is one. */
  memory: 'plugwire:memory',
  /**
   * The memory's size in bytes, a mutable global. Only if metering keeps it (`MeteringLimits.shrinkableMemory`). The host can lower it after
   * it has cleared the memory beyond.
   */
  memoryBytes: 'plugwire:memory_bytes',
  /** `() → i32`: bits of `CHANGE` since the last call. Only if the module can make such changes. */
  takeChanges: 'plugwire:take_changes',
  /** `() → ()`: save the values of its mutable globals, and restore them. Only if it has any. */
  saveGlobals: 'plugwire:save_globals',
  restoreGlobals: 'plugwire:restore_globals',
  /** The same for its tables. Only if they can be changed, by this module or by others. */
  saveTables: 'plugwire:save_tables',
  restoreTables: 'plugwire:restore_tables',
  /**
   * `(i32 address) → ()`: write its mutable globals into the module's memory, and read them from there, to copy them to another instance.
   * Only if there are a memory and globals of numbers or vectors.
   */
  storeGlobals: 'plugwire:store_globals',
  loadGlobals: 'plugwire:load_globals',
  /** `() → ()`: the function of the start section. Only if there was one. */
  start: 'plugwire:start',
  /** `(i32) → ()`: calls the function with this number, with zeros as arguments, so that the engine compiles it (`prepare/warm-module.ts`). */
  warm: 'plugwire:warm',
} as const;

/**
 * Exports that Extism or a WASI host calls during instantiation, before a hook is installed and without a budget. They are renamed, so that
 * only the metered host can call them, in a separate phase.
 */
export const INITIALISERS = ['_start', '_initialize', 'hs_init'] as const;

export type Initialiser = (typeof INITIALISERS)[number];

/** The name under which an initialiser is exported from a metered module. */
export const meteredInitialiser = (name: Initialiser): string => {
  return RESERVED_PREFIX + name;
};

/** Returns the original name of an export of a metered module. Exports that metering added keep their names. */
export const ownName = (exported: string): string =>
  INITIALISERS.find((name) => meteredInitialiser(name) === exported) ?? exported;
