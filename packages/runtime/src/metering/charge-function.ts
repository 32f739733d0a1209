import { DROP, I32_LT_S, I32_ADD, I32_SUB, I32_OR } from './assembler.ts';
import { type ByteWriter, writeByte, writeRange, writeS32, writeSized, writeU32 } from './byte-writer.ts';
import { accessLocals, writeAccessCheck } from './memory-access.ts';
import { type AppendedIndices, HELPER } from './metering-helpers.ts';
import type { ModuleLayout } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { EDIT, type FunctionPlan } from './function-plan.ts';

/** Writes the body of a function with its charges, size first. The entry has a charge only if the callers do not pay for the function. */
export const chargeFunction = (
  writer: ByteWriter,
  layout: ModuleLayout,
  plan: FunctionPlan,
  ours: AppendedIndices,
  onEntry: boolean,
  flagGlobal: number | undefined,
): void => {
  if (!onEntry && plan.firstEdit === plan.endEdit) {
    writeU32(writer, plan.bodyEnd - plan.bodyStart);
    return writeRange(writer, layout.bytes, plan.bodyStart, plan.bodyEnd);
  }
  writeSized(writer, () => {
    writeLocals(writer, layout.bytes, plan, ours.sizeGlobal === undefined ? [] : accessLocals(plan));
    if (flagGlobal !== undefined) writeFirstEntry(writer, ours, flagGlobal, plan.compileWeight);
    if (onEntry) writeCharge(writer, ours, plan.nextLocal, plan.entryWeight, false);
    writeCode(writer, layout, plan, ours, onEntry && plan.keepsCounter);
  });
};

/** Writes the local declarations, with additional groups for the scratch local of the counter and for the locals of checks. */
const writeLocals = (
  writer: ByteWriter,
  bytes: Uint8Array,
  plan: FunctionPlan,
  checks: readonly number[],
): void => {
  let groups = 0;
  let at = plan.bodyStart;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++]!;
    groups |= (byte & 0x7f) << shift;
    if (byte < 0x80) break;
  }
  writeU32(writer, groups + 1 + checks.length);
  writeRange(writer, bytes, at, plan.codeStart);
  for (const type of [TYPE.i32, ...checks]) {
    writeByte(writer, 1);
    writeByte(writer, type);
  }
};

/**
 * Writes `counter −= weight; if (counter < 0) ask`, for a function's entry or a loop's head. If nothing can have changed the counter since
 * the last charge, it is read from the local and only stored to the global. In a tight loop, loading the value that was just stored costs
 * more than everything else. The global is always up to date, so a trap loses nothing.
 */
const writeCharge = (
  writer: ByteWriter,
  ours: AppendedIndices,
  local: number,
  weight: number,
  cached: boolean,
): void => {
  writeSubtraction(writer, ours, local, weight, cached);
  writeIfNegative(writer, local, () => {
    writeIndexed(writer, OP.call, ours.firstFunction + HELPER.outOfFuel);
    writeIndexed(writer, OP.localSet, local);
  });
};

/** Writes `if (flag) { flag = 0; firstEntry(weight) }`. When it runs, the function is already compiled. */
const writeFirstEntry = (
  writer: ByteWriter,
  ours: AppendedIndices,
  flagGlobal: number,
  weight: number,
): void => {
  writeIndexed(writer, OP.globalGet, flagGlobal);
  writeByte(writer, OP.if);
  writeByte(writer, TYPE.empty);
  writeByte(writer, OP.i32Const);
  writeByte(writer, 0);
  writeIndexed(writer, OP.globalSet, flagGlobal);
  writeByte(writer, OP.i32Const);
  writeS32(writer, weight);
  writeHelperCall(writer, ours, HELPER.firstEntry);
  writeByte(writer, OP.end);
};

/**
 * A tight loop asks for fuel in a second loop around it. Asking is a call, and a call inside a loop makes the engine keep the loop's values
 * in memory and prevents peeling and unrolling. The tight loop therefore only exits when its counter is below zero. Before it is entered
 * again, the charge of the turn is returned, because its head charges for the turn again.
 */
const writeTightLoopWrapper = (
  writer: ByteWriter,
  ours: AppendedIndices,
  local: number,
  weight: number,
): void => {
  writeIfNegative(writer, local, () => {
    writeIndexed(writer, OP.call, ours.firstFunction + HELPER.outOfFuel);
    writeByte(writer, OP.i32Const);
    writeS32(writer, weight);
    writeByte(writer, I32_ADD);
    writeIndexed(writer, OP.localTee, local);
    writeIndexed(writer, OP.globalSet, ours.fuelGlobal);
  });
};

/** Writes `counter −= weight; if (counter < 0) leave`, for the head of a tight loop. */
const writeTightCharge = (writer: ByteWriter, ours: AppendedIndices, local: number, weight: number): void => {
  writeSubtraction(writer, ours, local, weight, true);
  writeIsNegative(writer, local);
  writeIndexed(writer, OP.brIf, 1);
};

const writeSubtraction = (
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
};

const writeIfNegative = (writer: ByteWriter, local: number, writeThen: () => void): void => {
  writeIsNegative(writer, local);
  writeByte(writer, OP.if);
  writeByte(writer, TYPE.empty);
  writeThen();
  writeByte(writer, OP.end);
};

const writeIsNegative = (writer: ByteWriter, local: number): void => {
  writeIndexed(writer, OP.localGet, local);
  writeByte(writer, OP.i32Const);
  writeByte(writer, 0);
  writeByte(writer, I32_LT_S);
};

const writeIndexed = (writer: ByteWriter, opcode: number, index: number): void => {
  writeByte(writer, opcode);
  writeU32(writer, index);
};

/** Copies the instructions and applies the edits. */
const writeCode = (
  writer: ByteWriter,
  layout: ModuleLayout,
  plan: FunctionPlan,
  ours: AppendedIndices,
  keepsCounter: boolean,
): void => {
  const { bytes, edits } = layout;
  const local = plan.nextLocal;
  let copied = plan.codeStart;
  // Edits before this one are inside loops that keep the counter in the local. If it was loaded on entry, this holds for all edits.
  let cachedUntil = keepsCounter ? plan.endEdit : plan.firstEdit;
  for (let i = plan.firstEdit; i < plan.endEdit; i++) {
    const position = edits.positions[i]!;
    const value = edits.values[i]!;
    const kind = edits.kinds[i]!;
    writeRange(writer, bytes, copied, position);
    copied = position;
    switch (kind) {
      case EDIT.loopEntry:
      case EDIT.tightLoopEntry:
        if (value > cachedUntil) {
          cachedUntil = value;
          writeIndexed(writer, OP.globalGet, ours.fuelGlobal);
          writeIndexed(writer, OP.localSet, local);
        }
        // The wrapper has the type of the loop, so the parameters of the loop are still on the stack.
        writeByte(writer, kind === EDIT.tightLoopEntry ? OP.loop : OP.block);
        writeRange(writer, bytes, position + 1, edits.positions[i + 1]!);
        if (kind === EDIT.tightLoopEntry) writeTightLoopWrapper(writer, ours, local, edits.values[i + 1]!);
        break;
      case EDIT.loopHead:
      case EDIT.arm:
        if (value > 0) writeCharge(writer, ours, local, value, i < cachedUntil);
        break;
      case EDIT.tightLoopHead:
        writeTightCharge(writer, ours, local, value);
        break;
      case EDIT.loopEnd:
        writeByte(writer, OP.end);
        break;
      case EDIT.label:
        writeU32(writer, value);
        while (bytes[copied++]! >= 0x80);
        break;
      case EDIT.chargeBytes:
        writeHelperCall(writer, ours, HELPER.chargeBytes);
        break;
      case EDIT.chargeElements:
        writeHelperCall(writer, ours, HELPER.chargeElements);
        break;
      case EDIT.chargeValues:
        writeByte(writer, OP.i32Const);
        writeS32(writer, value);
        writeHelperCall(writer, ours, HELPER.chargeValues);
        writeByte(writer, DROP);
        break;
      case EDIT.checkTime:
        writeByte(writer, OP.i32Const);
        writeS32(writer, value);
        writeHelperCall(writer, ours, HELPER.firstEntry);
        break;
      case EDIT.checkAccess:
        if (ours.sizeGlobal !== undefined) writeAccessCheck(writer, ours, plan, value);
        break;
      case EDIT.checkInit:
        if (ours.sizeGlobal !== undefined) writeHelperCall(writer, ours, HELPER.checkInit);
        break;
      case EDIT.replaceSize:
        if (ours.sizeGlobal === undefined) break;
        writeHelperCall(writer, ours, HELPER.memorySize);
        copied = value;
        break;
      case EDIT.noteChange:
        writeNote(writer, ours, value);
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

/** Writes `changes |= change`. */
const writeNote = (writer: ByteWriter, ours: AppendedIndices, change: number): void => {
  writeIndexed(writer, OP.globalGet, ours.changesGlobal);
  writeByte(writer, OP.i32Const);
  writeS32(writer, change);
  writeByte(writer, I32_OR);
  writeIndexed(writer, OP.globalSet, ours.changesGlobal);
};

const writeHelperCall = (writer: ByteWriter, ours: AppendedIndices, helper: number): void => {
  writeIndexed(writer, OP.call, ours.firstFunction + helper);
};
