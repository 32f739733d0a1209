import { createFuelHook } from '../fuel-hook.ts';
import { meterModule } from '../meter-module.ts';
import { METERED_EXPORTS } from '../reserved-names.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { patchEngine, type PatchedEngine } from './patched-engine.ts';

/** Compilers' memory and tables, not plugins': the libraries under test were not built for a small budget. */
export const LIBRARY_LIMITS = { ...DEFAULT_LIMITS, memoryBytes: 2 ** 31, tableElements: 100_000 };

/** As the host hands it out, far from a deadline. */
const SLICE = 200_000;

export interface MeteredEngine extends PatchedEngine {
  /** What all metered instances have been charged. */
  readonly fuelUsed: () => number;
}

/** Makes `WebAssembly` meter whatever a library compiles, until restored. */
export const meterEverything = (): MeteredEngine => {
  let granted = 0;
  const counters: ((fuel: number) => number)[] = [];
  const hook = createFuelHook((counter) => {
    granted += SLICE - counter;
    return SLICE;
  });
  const engine = patchEngine({
    rewrite: (bytes) => {
      const result = meterModule(bytes, LIBRARY_LIMITS);
      if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
      return result.bytes;
    },
    attach: (exports) => {
      (exports[METERED_EXPORTS.outOfFuel] as WebAssembly.Table).set(0, hook);
      counters.push(exports[METERED_EXPORTS.exchangeFuel] as (fuel: number) => number);
      const seen = { ...exports };
      for (const name of Object.keys(exports)) {
        if (name.startsWith('plugwire:_') || name === 'plugwire:hs_init')
          seen[name.slice('plugwire:'.length)] = exports[name];
      }
      (exports[METERED_EXPORTS.start] as (() => void) | undefined)?.();
      return seen;
    },
  });
  const fuelUsed = (): number => {
    for (const exchange of counters) granted -= exchange(0);
    return granted;
  };
  return { ...engine, fuelUsed };
};
