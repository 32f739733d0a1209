import { DROP, I32_LT_U, ZEROS } from './assembler.ts';
import { type ByteReader, readByte, readU32 } from './byte-reader.ts';
import { type ByteWriter, writeByte, writeBytes, writeS32, writeU32 } from './byte-writer.ts';
import type { ModuleLayout } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';

/**
 * Writes the body of `METERED_EXPORTS.warm`. It calls function number i of the module's own functions with zeros, and drops the results. It
 * is a tree of `if`s, because engines allow fewer targets in a `br_table` than functions in a module.
 */
export const writeWarmFunction = (writer: ByteWriter, layout: ModuleLayout): void => {
  writeByte(writer, 0); // no locals
  if (layout.functions.length > 0) writeCalls(writer, layout, 0, layout.functions.length);
  writeByte(writer, OP.end);
};

/** Writes the calls of functions `from..to`. */
const writeCalls = (writer: ByteWriter, layout: ModuleLayout, from: number, to: number): void => {
  if (to - from === 1) return writeCall(writer, layout, layout.imported.functions + from);
  const middle = (from + to) >> 1;
  writeBytes(writer, [OP.localGet, 0, OP.i32Const]);
  writeS32(writer, middle);
  writeBytes(writer, [I32_LT_U, OP.if, TYPE.empty]);
  writeCalls(writer, layout, from, middle);
  writeByte(writer, OP.else);
  writeCalls(writer, layout, middle, to);
  writeByte(writer, OP.end);
};

const writeCall = (writer: ByteWriter, layout: ModuleLayout, functionIndex: number): void => {
  const type = layout.functionTypes[functionIndex]!;
  const reader: ByteReader = {
    bytes: layout.bytes,
    pos: layout.typeStarts[type]!,
    end: layout.typeEnds[type]!,
  };
  for (let parameters = readU32(reader); parameters > 0; parameters--)
    writeBytes(writer, ZEROS[readByte(reader)]!);
  writeByte(writer, OP.call);
  writeU32(writer, functionIndex);
  for (let results = readU32(reader); results > 0; results--) writeByte(writer, DROP);
};
