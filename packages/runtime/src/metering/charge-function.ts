import { type ByteWriter, writeByte, writeRange, writeS32, writeSized, writeU32 } from './byte-writer.ts';
import { type AppendedIndices, HELPER } from './metering-helpers.ts';
import type { ModuleLayout } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { EDIT, type FunctionPlan } from './function-plan.ts';
import { LEAF_ALLOWANCE } from './weights.ts';

const I32_LT_S = 0x48;
const I32_SUB = 0x6b;

/** Whether a function leaves its charge to its callers: small, without loop or call, entered by direct calls alone. */
export const isFreeLeaf = (layout: ModuleLayout, plan: FunctionPlan, functionIndex: number): boolean => {
  const small = plan.entryWeight <= LEAF_ALLOWANCE && !plan.hasLoops && plan.callFree;
  return small && layout.entered[functionIndex] === 0;
};

/** Writes a function's body with its charges, size first. */
export const chargeFunction = (
  writer: ByteWriter,
  layout: ModuleLayout,
  plan: FunctionPlan,
  ours: AppendedIndices,
): void => {
  writeSized(writer, () => {
    writeLocals(writer, layout.bytes, plan);
    writeCharge(writer, ours, plan.nextLocal, plan.entryWeight, false);
    writeCode(writer, layout, plan, ours);
  });
};

/** Writes the local declarations with a group for one more, the counter's scratch local. */
const writeLocals = (writer: ByteWriter, bytes: Uint8Array, plan: FunctionPlan): void => {
  let groups = 0;
  let at = plan.bodyStart;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    groups |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  writeU32(writer, groups + 1);
  writeRange(writer, bytes, at, plan.codeStart);
  writeByte(writer, 1);
  writeByte(writer, TYPE.i32);
};

/**
 * Writes `counter −= weight; if (counter < 0) ask`. Where nothing since the last charge can have changed the counter,
 * it is taken from the local and only stored to the global: in a tight loop, loading what was just stored costs more
 * than all the rest. The global is right at every instant, so a trap loses nothing.
 */
const writeCharge = (
  writer: ByteWriter,
  ours: AppendedIndices,
  local: number,
  weight: number,
  cached: boolean,
): void => {
  if (cached) writeIndexed(writer, OP.localGet, local);
  else writeIndexed(writer, OP.globalGet, ours.fuelGlobal);
  writeByte(writer, OP.i32Const);
  writeS32(writer, weight);
  writeByte(writer, I32_SUB);
  writeIndexed(writer, OP.localTee, local);
  writeIndexed(writer, OP.globalSet, ours.fuelGlobal);
  writeIndexed(writer, OP.localGet, local);
  writeByte(writer, OP.i32Const);
  writeByte(writer, 0);
  writeByte(writer, I32_LT_S);
  writeByte(writer, OP.if);
  writeByte(writer, TYPE.empty);
  writeIndexed(writer, OP.call, ours.firstFunction + HELPER.outOfFuel);
  writeIndexed(writer, OP.localSet, local);
  writeByte(writer, OP.end);
};

const writeIndexed = (writer: ByteWriter, opcode: number, index: number): void => {
  writeByte(writer, opcode);
  writeU32(writer, index);
};

/** Copies the instructions and makes the edits on the way. */
const writeCode = (
  writer: ByteWriter,
  layout: ModuleLayout,
  plan: FunctionPlan,
  ours: AppendedIndices,
): void => {
  const { bytes, edits } = layout;
  let copied = plan.codeStart;
  // Edits before this one are inside loops that keep the counter in the local: all of them, if nothing calls.
  let cachedUntil = plan.callFree ? plan.endEdit : plan.firstEdit;
  for (let i = plan.firstEdit; i < plan.endEdit; i++) {
    const position = edits.positions[i]!;
    const value = edits.values[i]!;
    writeRange(writer, bytes, copied, position);
    copied = position;
    switch (edits.kinds[i]!) {
      case EDIT.loopEntry:
        if (value <= cachedUntil) break;
        cachedUntil = value;
        writeIndexed(writer, OP.globalGet, ours.fuelGlobal);
        writeIndexed(writer, OP.localSet, plan.nextLocal);
        break;
      case EDIT.loopHead:
        if (value > 0) writeCharge(writer, ours, plan.nextLocal, value, i < cachedUntil);
        break;
      case EDIT.chargeBytes:
        writeHelperCall(writer, ours, HELPER.chargeBytes);
        break;
      case EDIT.chargeElements:
        writeHelperCall(writer, ours, HELPER.chargeElements);
        break;
      case EDIT.replaceGrow:
        writeHelperCall(writer, ours, HELPER.memoryGrow);
        copied = value;
        break;
      case EDIT.replaceFill:
        writeHelperCall(writer, ours, HELPER.memoryFill);
        copied = value;
        break;
      default: // EDIT.replaceCopy
        writeHelperCall(writer, ours, HELPER.memoryCopy);
        copied = value;
    }
  }
  writeRange(writer, bytes, copied, plan.bodyEnd);
};

const writeHelperCall = (writer: ByteWriter, ours: AppendedIndices, helper: number): void => {
  writeIndexed(writer, OP.call, ours.firstFunction + helper);
};
