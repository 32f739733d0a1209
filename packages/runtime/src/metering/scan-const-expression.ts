import { type ByteReader, readByte, readU32, skipBytes, skipSigned } from './byte-reader.ts';
import { STRUCTURE } from './metering-limits.ts';
import { markEntered, type ModuleLayout } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { refuse, refuseFeature, refuseMalformed, refuseUnknown } from './refusal.ts';

/** Sub-opcode of `v128.const`. */
const V128_CONST = 0x0c;

/** The extended constants: addition, subtraction, multiplication of i32 and of i64. */
const EXTENDED = new Set([0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e]);

/** Skips a constant expression (§3.3.10), and marks the functions that it refers to. */
export const scanConstExpression = (reader: ByteReader, layout: ModuleLayout): void => {
  for (let instructions = 0; ; instructions++) {
    const at = reader.pos;
    if (instructions > STRUCTURE.constantInstructions) {
      const seen = `a constant expression of more than ${STRUCTURE.constantInstructions} instructions`;
      refuse('too_many_definitions', `${seen} at byte ${at}; compute it in a start function instead`);
    }
    const opcode = readByte(reader);
    switch (opcode) {
      case OP.end:
        return;
      case OP.i32Const:
        skipSigned(reader, 32);
        break;
      case OP.i64Const:
        skipSigned(reader, 64);
        break;
      case OP.f32Const:
        skipBytes(reader, 4);
        break;
      case OP.f64Const:
        skipBytes(reader, 8);
        break;
      case OP.globalGet:
        readU32(reader);
        break;
      case OP.refNull:
        scanReferenceType(reader);
        break;
      case OP.refFunc:
        markEntered(layout, readU32(reader), at);
        break;
      case OP.simdPrefix:
        if (readU32(reader) !== V128_CONST) refuseMalformed('an instruction that is no constant', at);
        skipBytes(reader, 16);
        break;
      default:
        if (opcode === 0xfb) refuseFeature('garbage collection and typed references', at);
        if (!EXTENDED.has(opcode)) refuseUnknown('constant instruction', opcode, at);
    }
  }
};

/** Reads a reference type: `funcref` or `externref`. */
export const scanReferenceType = (reader: ByteReader): number => {
  const at = reader.pos;
  const type = readByte(reader);
  if (type !== TYPE.funcref && type !== TYPE.externref) refuseType(type, at);
  return type;
};

/** Reads any value type: a number, a vector or a reference. */
export const scanValueType = (reader: ByteReader): number => {
  const at = reader.pos;
  const type = readByte(reader);
  if (!isValueType(type)) refuseType(type, at);
  return type;
};

/** Returns whether a byte is a value type of the accept list. */
export const isValueType = (type: number): boolean => {
  return (type >= TYPE.v128 && type <= TYPE.i32) || type === TYPE.funcref || type === TYPE.externref;
};

/** Refuses a type. Names its feature if it is known. */
export const refuseType: (type: number, where: number) => never = (type, where) => {
  if (type === 0x69 || type === 0x74) refuseFeature('exception handling', where); // exnref, its bottom
  // anyref, eqref, i31ref, structref, arrayref, their bottoms, (ref …), (ref null …), packed and composite types
  if (type >= 0x4e && type <= 0x78) refuseFeature('garbage collection and typed references', where);
  return refuseUnknown('type', type, where);
};
