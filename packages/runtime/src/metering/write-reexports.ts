import { createByteWriter, writeByte, writeBytes, writeName, writeSized, writeU32 } from './byte-writer.ts';
import { KIND, SECTION } from './module-layout.ts';
import { TYPE } from './opcodes.ts';

/** An import of a module that only exports it again. */
export interface Reexport {
  readonly from: string;
  readonly name: string;
  readonly as: string;
  /** The encoded type of a function (parameters, then results), or a table of one function. */
  readonly type: readonly number[] | 'hook';
}

/**
 * Writes a module that exports its imports. An exported import is the same function, so calling it costs nothing more. The engine checks its
 * type at every import.
 */
export const writeReexports = (reexports: readonly Reexport[]): Uint8Array<ArrayBuffer> => {
  const types = reexports.flatMap(({ type }) => (typeof type === 'string' ? [] : [type]));
  const writer = createByteWriter(1024);
  const section = (id: number, content: () => void): void => {
    writeByte(writer, id);
    writeSized(writer, content);
  };
  writeBytes(writer, [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);
  section(SECTION.type, () => {
    writeU32(writer, types.length);
    for (const type of types) writeBytes(writer, [TYPE.func, ...type]);
  });
  section(SECTION.import, () => {
    writeU32(writer, reexports.length);
    let nextType = 0;
    for (const { from, name, type } of reexports) {
      writeName(writer, from);
      writeName(writer, name);
      if (type === 'hook') writeBytes(writer, [KIND.table, TYPE.funcref, 1, 1, 1]);
      else {
        writeByte(writer, KIND.function);
        writeU32(writer, nextType++);
      }
    }
  });
  section(SECTION.export, () => {
    writeU32(writer, reexports.length);
    const next: Record<number, number> = { [KIND.function]: 0, [KIND.table]: 0 };
    for (const { as, type } of reexports) {
      const kind = type === 'hook' ? KIND.table : KIND.function;
      writeName(writer, as);
      writeByte(writer, kind);
      writeU32(writer, next[kind]!);
      next[kind]! += 1;
    }
  });
  return writer.bytes.slice(0, writer.length);
};
