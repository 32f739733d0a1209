import { createByteWriter, writeByte, writeBytes, writeName, writeSized, writeU32 } from './byte-writer.ts';
import type { MeteredModule } from './meter-module.ts';
import { KIND, SECTION } from './module-layout.ts';
import { TYPE } from './opcodes.ts';
import { INITIALISERS, METERED_EXPORTS, RESERVED_PREFIX } from './reserved-names.ts';

/** A metered module under the name that others import it by. */
export interface NamedModule {
  readonly name: string;
  readonly metered: MeteredModule;
}

/** One import of the collecting module, which it exports again. */
interface Passage {
  readonly from: string;
  readonly name: string;
  readonly as: string;
  /** Encoded type of a function; without one it is a hook table. */
  readonly signature?: readonly number[];
}

const UNARY = [1, TYPE.i32, 1, TYPE.i32];
const NULLARY = [0, 0];

/**
 * Builds the module to name `main` in a manifest of several. Extism hands out the instance of `main` alone, but the
 * host needs the counter, the hook and the start function of each one; this module imports them all and exports them
 * again, those of module number i as `collectedName(i, …)`. The first module's functions keep their names: exports
 * that only pass through are the same functions, so calling one costs nothing more.
 *
 * Extism instantiates what a module imports before the module, each once, in the order of the imports.
 */
export const collectExports = (modules: readonly NamedModule[]): Uint8Array<ArrayBuffer> => {
  const passages = modules.flatMap((module, index) => passagesOf(module, index));
  const functions = passages.filter((passage) => passage.signature !== undefined);
  const writer = createByteWriter(1024);
  const section = (id: number, content: () => void): void => {
    writeByte(writer, id);
    writeSized(writer, content);
  };
  writeBytes(writer, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(SECTION.type, () => {
    writeU32(writer, functions.length);
    for (const { signature = [] } of functions) writeBytes(writer, [TYPE.func, ...signature]);
  });
  section(SECTION.import, () => {
    writeU32(writer, passages.length);
    let type = 0;
    for (const { from, name, signature } of passages) {
      writeName(writer, from);
      writeName(writer, name);
      if (signature === undefined) writeBytes(writer, [KIND.table, TYPE.funcref, 1, 1, 1]);
      else {
        writeByte(writer, KIND.function);
        writeU32(writer, type++);
      }
    }
  });
  section(SECTION.export, () => {
    writeU32(writer, passages.length);
    const next: Record<number, number> = { [KIND.function]: 0, [KIND.table]: 0 };
    for (const { as, signature } of passages) {
      const kind = signature === undefined ? KIND.table : KIND.function;
      writeName(writer, as);
      writeByte(writer, kind);
      writeU32(writer, next[kind]!);
      next[kind]! += 1;
    }
  });
  return writer.bytes.slice(0, writer.length);
};

/** The name under which the collecting module exports what module number `index` exports as `name`. */
export const collectedName = (index: number, name: string): string => {
  return index === 0 ? name : `${RESERVED_PREFIX}${index}:${name.slice(RESERVED_PREFIX.length)}`;
};

const passagesOf = ({ name: from, metered }: NamedModule, index: number): Passage[] => {
  const passage = (name: string, signature?: readonly number[]): Passage => {
    return { from, name, as: collectedName(index, name), ...(signature === undefined ? {} : { signature }) };
  };
  const isInitialiser = (name: string): boolean => INITIALISERS.some((known) => known === name);
  const initialisers = metered.exportedFunctions.filter(({ name }) => isInitialiser(name));
  const own = metered.exportedFunctions.filter(({ name }) => index === 0 && !isInitialiser(name));
  return [
    passage(METERED_EXPORTS.exchangeFuel, UNARY),
    passage(METERED_EXPORTS.outOfFuel),
    ...(metered.start ? [passage(METERED_EXPORTS.start, NULLARY)] : []),
    ...initialisers.map(({ name, signature }) => passage(RESERVED_PREFIX + name, signature)),
    ...own.map(({ name, signature }) => passage(name, signature)),
  ];
};
