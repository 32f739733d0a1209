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
   * `() → i32` in pages, `(i32) → i32` and `(i32 address, i32 byte)`: a linked module's memory, which its host reaches by
   * functions alone, since one module can pass on many functions and a single memory. Only if there is one.
   */
  memoryPages: 'plugwire:memory_pages',
  loadByte: 'plugwire:load_byte',
  storeByte: 'plugwire:store_byte',
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
