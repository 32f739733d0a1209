import type { MeteredFacts } from './meter-module.ts';
import { TYPE } from './opcodes.ts';
import { INITIALISERS, METERED_EXPORTS, RESERVED_PREFIX } from './reserved-names.ts';
import { type Reexport, writeReexports } from './write-reexports.ts';

/** A metered module under the name that others import it by. */
export interface NamedModule {
  readonly name: string;
  readonly metered: MeteredFacts;
}

const UNARY = [1, TYPE.i32, 1, TYPE.i32];
const NULLARY = [0, 0];
const SUPPLIER = [0, 1, TYPE.i32];
const CONSUMER = [2, TYPE.i32, TYPE.i32, 0];

/**
 * Builds the module to name `main` in a manifest of several. Extism hands out the instance of `main` alone, but the
 * host needs the counter, the hook, the memory's functions and the start function of each one; this module imports them all and
 * exports them again, those of module number i as `collectedName(i, …)`. The first module's functions keep their names.
 *
 * Extism instantiates what a module imports before the module, each once, in the order of the imports.
 */
export const collectExports = (modules: readonly NamedModule[]): Uint8Array<ArrayBuffer> =>
  writeReexports(modules.flatMap((module, index) => reexportsOf(module, index)));

/** The name under which the collecting module exports what module number `index` exports as `name`. */
export const collectedName = (index: number, name: string): string =>
  index === 0 ? name : `${RESERVED_PREFIX}${index}:${name.slice(RESERVED_PREFIX.length)}`;

const reexportsOf = ({ name: from, metered }: NamedModule, index: number): Reexport[] => {
  const reexport = (name: string, type: Reexport['type']): Reexport => {
    return { from, name, as: collectedName(index, name), type };
  };
  const isInitialiser = (name: string): boolean => INITIALISERS.some((known) => known === name);
  const initialisers = metered.exportedFunctions.filter(({ name }) => isInitialiser(name));
  const own = metered.exportedFunctions.filter(({ name }) => index === 0 && !isInitialiser(name));
  return [
    reexport(METERED_EXPORTS.exchangeFuel, UNARY),
    reexport(METERED_EXPORTS.outOfFuel, 'hook'),
    ...(metered.memory === 'none'
      ? []
      : [
          reexport(METERED_EXPORTS.memoryPages, SUPPLIER),
          reexport(METERED_EXPORTS.loadByte, UNARY),
          reexport(METERED_EXPORTS.storeByte, CONSUMER),
        ]),
    ...(metered.start ? [reexport(METERED_EXPORTS.start, NULLARY)] : []),
    ...initialisers.map(({ name, signature }) => reexport(RESERVED_PREFIX + name, signature)),
    ...own.map(({ name, signature }) => reexport(name, signature)),
  ];
};
