import { readByte, readCount, readU32, skipSigned } from './byte-reader.ts';
import { branchTo, closeFrame, endPath, FRAME, openFrame, turnToElse } from './control-frames.ts';
import { FLOW, logBlock, logFlow } from './flow-log.ts';
import { EDIT } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { CHANGE, noteChange } from './note-change.ts';
import { MOST_VALUES } from './metering-limits.ts';
import { addEdit, markEntered, valuesOf } from './module-layout.ts';
import { OP, TYPE } from './opcodes.ts';
import { refuseMalformed, refuseOpcode } from './refusal.ts';
import {
  DISPATCH_WEIGHT,
  endArm,
  findDispatch,
  followJump,
  JUMP,
  noteDispatch,
  openDispatchFrame,
} from './scan-dispatch.ts';
import { isValueType, refuseType, scanReferenceType, scanValueType } from './scan-const-expression.ts';
import { FIRST_CALL, UNCHARGED_CALLS } from './weights.ts';

/** Reads the immediates of an instruction of shape `special`. Its weight and height are already counted. */
export const scanSpecial = (scan: FunctionScan, opcode: number, at: number): void => {
  const { reader, frames, layout } = scan;
  switch (opcode) {
    case OP.block:
      logBlock(scan.flow);
      return openBlock(scan, FRAME.block);
    case OP.loop:
      return openLoop(scan, at);
    case OP.if:
      frames.height -= 1;
      turn(scan, FLOW.if, 0);
      return openBlock(scan, FRAME.if);
    case OP.else:
      addCompileCost(scan, BLOCK_COST);
      turn(scan, FLOW.else, 0);
      return turnToElse(frames, at);
    case OP.end:
      return close(scan);
    case OP.br:
      branch(scan, FLOW.branch, at);
      return endPath(frames);
    case OP.brIf:
      frames.height -= 1;
      branch(scan, FLOW.branchIf, at);
      return;
    case OP.brTable:
      return branchTable(scan, at);
    case OP.return:
    case OP.unreachable:
      return stop(scan);
    case OP.call:
    case OP.returnCall:
      return callDirect(scan, opcode === OP.returnCall, at);
    case OP.callIndirect:
    case OP.returnCallIndirect:
      return callIndirect(scan, opcode === OP.returnCallIndirect, at);
    case OP.selectTyped:
      if (readCount(reader) !== 1) refuseMalformed('a "select" of other than one type', at);
      scanValueType(reader);
      return;
    case OP.refNull:
      scanReferenceType(reader);
      return;
    case OP.tableGet:
      readU32(reader);
      return chargeValues(scan, layout.sharesTables ? MOST_VALUES : layout.mostValues, at);
    case OP.tableSet:
      readU32(reader);
      return noteChange(scan, CHANGE.tables, at);
    case OP.refFunc:
      return referTo(scan, readU32(reader), at);
    default:
      return refuseOpcode(opcode, at);
  }
};

const referTo = (scan: FunctionScan, functionIndex: number, at: number): void => {
  const { layout } = scan;
  markEntered(layout, functionIndex, at);
  chargeValues(scan, valuesOf(layout, layout.functionTypes[functionIndex]!), at);
};

const chargeValues = (scan: FunctionScan, values: number, at: number): void => {
  if (values === 0) return;
  scan.charges += 1;
  addEdit(scan.layout, EDIT.chargeValues, at, values);
};

/** The compile cost of a block, and of a branch or call, in sixteenths of locals plus operand height. */
export const BLOCK_COST = 16;
/** The compile cost of a loop in addition to its block: it is wrapped in another block, and asks for fuel in an `if`. */
const WRAPPER_COST = 3 * BLOCK_COST;
const BRANCH_COST = 1;
/** The compile cost of each value of a call or block that does not fit into registers. 131,000 calls with 128 values took 5 s to compile. */
const CALL_VALUE_COST = 12 * BLOCK_COST;
const BLOCK_VALUE_COST = BLOCK_COST / 2;
const VALUES_IN_REGISTERS = 10;

const addCompileCost = (scan: FunctionScan, sixteenths: number): void => {
  const { base, depth, height } = scan.frames;
  // In dead code, the height may fall below that of the frame. It has no meaning there, because dead code is not compiled.
  scan.compileCost += sixteenths * (scan.locals + Math.max(height, base[depth]!));
};

const addValuesCost = (scan: FunctionScan, sixteenths: number, values: number): void => {
  scan.compileCost += sixteenths * Math.max(0, values - VALUES_IN_REGISTERS);
};

/** Logs a place where control flow may change. After it, the code read so far is more than a loop's head. */
const turn = (scan: FunctionScan, kind: number, value: number): void => {
  scan.dispatch.head = -1;
  logFlow(scan.flow, kind, value);
};

/** Ends a path: what follows in its block is dead. */
const stop = (scan: FunctionScan): void => {
  turn(scan, FLOW.stop, 0);
  endPath(scan.frames);
};

const openBlock = (scan: FunctionScan, kind: number): void => {
  const { reader, frames, layout } = scan;
  addCompileCost(scan, BLOCK_COST);
  const at = reader.pos;
  const first = reader.bytes[at]!;
  if (first === TYPE.empty || isValueType(first)) {
    readByte(reader);
    openFrame(frames, kind, 0, first === TYPE.empty ? 0 : 1);
  } else {
    const type = readTypeIndex(scan);
    const params = layout.typeParams[type]!;
    const results = layout.typeResults[type]!;
    addValuesCost(scan, BLOCK_VALUE_COST, params + results);
    openFrame(frames, kind, params, results);
  }
  openDispatchFrame(scan.dispatch, frames.depth);
};

/** A block type that is an index is a signed number of 33 bits, which distinguishes it from a value type. */
const readTypeIndex = (scan: FunctionScan): number => {
  const { reader } = scan;
  const start = reader.pos;
  skipSigned(reader, 33);
  let value = 0;
  for (let at = reader.pos - 1; at >= start; at--) value = value * 128 + (reader.bytes[at]! & 0x7f);
  const negative = (reader.bytes[reader.pos - 1]! & 0x40) !== 0;
  if (negative && reader.pos - start === 1) refuseType(reader.bytes[start]!, start);
  if (negative || value >= scan.layout.typeParams.length) refuseMalformed('a block type out of range', start);
  return value;
};

const openLoop = (scan: FunctionScan, at: number): void => {
  const { frames, layout } = scan;
  const entry = layout.edits.length;
  addCompileCost(scan, WRAPPER_COST);
  openBlock(scan, FRAME.loop);
  const { depth } = frames;
  scan.loopEdit[depth] = entry;
  scan.lastLoopEdit = entry;
  scan.chargesBefore[depth] = scan.charges;
  turn(scan, FLOW.loop, entry + 1);
  if (scan.findsDispatch) scan.dispatch.head = depth;
  addEdit(layout, EDIT.loopEntry, at, 0);
  addEdit(layout, EDIT.loopHead, scan.reader.pos, 0);
};

const close = (scan: FunctionScan): void => {
  const { frames, dispatch } = scan;
  const { depth } = frames;
  const kind = frames.kind[depth]!;
  closeFrame(frames);
  if (kind === FRAME.loop) return closeLoop(scan, depth);
  if (dispatch.armOf[depth] !== 0) {
    mayCharge(scan, dispatch.isJoin[depth] === 1 ? FLOW.endJoin : FLOW.end);
    return endArm(dispatch, scan.flow, depth);
  }
  if (dispatch.jumpsBack[depth] === 1 && kind === FRAME.if) return mayCharge(scan, FLOW.endIfTurn);
  turn(scan, kind === FRAME.if ? FLOW.endIf : kind === FRAME.else ? FLOW.endElse : FLOW.end, 0);
};

/** Logs an end that may be followed by a charge. */
const mayCharge = (scan: FunctionScan, kind: number): void => {
  addCompileCost(scan, BLOCK_COST);
  turn(scan, kind, scan.layout.edits.length);
  addEdit(scan.layout, EDIT.arm, scan.reader.pos, 0);
};

const closeLoop = (scan: FunctionScan, depth: number): void => {
  const { layout } = scan;
  // The content of the loop is only known now.
  const { kinds, length, values } = layout.edits;
  const entry = scan.loopEdit[depth]!;
  const keepsCounter = scan.charges === scan.chargesBefore[depth];
  const chargesInArms = scan.dispatch.dispatch[depth] !== 0 && scan.dispatch.hasOtherTurns[depth] === 0;
  values[entry] = keepsCounter ? length : 0;
  if (chargesInArms) turn(scan, FLOW.endDispatch, 0);
  else {
    turn(scan, FLOW.endLoop, 0);
    if (keepsCounter && scan.lastLoopEdit === entry) {
      kinds[entry] = EDIT.tightLoopEntry;
      kinds[entry + 1] = EDIT.tightLoopHead;
    }
  }
  addEdit(layout, EDIT.loopEnd, scan.reader.pos, 0);
};

/** Reads a label, and returns the depth of its frame. */
const branch = (scan: FunctionScan, kind: number, at: number): number => {
  addCompileCost(scan, BRANCH_COST);
  const { dispatch, frames, reader, flow } = scan;
  const labelAt = reader.pos;
  let label = readU32(reader);
  let loopsLeft = branchTo(frames, label, at);
  let isChanged = loopsLeft > 0;
  const target = frames.depth - label;
  if (dispatch.dispatch[target] !== 0) {
    const jump = kind === FLOW.branch ? followJump(dispatch, reader, flow, frames, target, at) : JUMP.unknown;
    if (jump === JUMP.unknown) dispatch.hasOtherTurns[target] = 1;
    else flow.weight += DISPATCH_WEIGHT;
    if (jump >= 0) {
      label = frames.depth - jump;
      loopsLeft = branchTo(frames, label, at);
      isChanged = true;
    }
  }
  turn(scan, kind, label);
  // Each loop is wrapped in another one, which adds a level.
  if (isChanged) addEdit(scan.layout, EDIT.label, labelAt, label + loopsLeft);
  return target;
};

const branchTable = (scan: FunctionScan, at: number): void => {
  scan.frames.height -= 1;
  const targets = readCount(scan.reader) + 1; // includes the default
  scan.branchTargets += targets;
  const { dispatch, reader, flow, frames } = scan;
  const loop = findDispatch(dispatch, reader, flow, frames, at);
  const depths: number[] = [];
  for (let i = 0; i < targets; i++) {
    const target = branch(scan, FLOW.branchIf, at);
    if (loop >= 0) depths.push(target);
  }
  if (loop >= 0) noteDispatch(dispatch, reader.bytes, loop, depths);
  stop(scan);
};

const callDirect = (scan: FunctionScan, tail: boolean, at: number): void => {
  const { layout } = scan;
  const callee = readU32(scan.reader);
  const type = layout.functionTypes[callee];
  if (type === undefined) refuseMalformed('a call of a function that does not exist', at);
  scan.callees.push(callee);
  scan.charges += layout.charges[callee]!;
  scan.flow.weight += layout.callWeights[callee]!;
  if (layout.uncharged[callee] === 1) countUnchargedCall(scan, layout.callWeights[callee]!, at);
  call(scan, type, tail);
};

/** Checks the time before a call of a function that its caller pays for, if many such functions may have been compiled since the last check. */
const countUnchargedCall = (scan: FunctionScan, weight: number, at: number): void => {
  scan.unchargedCallWeight += weight;
  if (scan.unchargedCallWeight < UNCHARGED_CALLS.weight) return;
  scan.unchargedCallWeight = 0;
  if (scan.layout.functionTypes.length < UNCHARGED_CALLS.functions) return;
  scan.charges += 1;
  addEdit(scan.layout, EDIT.checkTime, at, FIRST_CALL.most * UNCHARGED_CALLS.weight);
};

const callIndirect = (scan: FunctionScan, tail: boolean, at: number): void => {
  const type = readU32(scan.reader);
  readU32(scan.reader); // the table: a LEB128, which LLVM pads to five bytes
  if (type >= scan.layout.typeParams.length) refuseMalformed('a call of a type that does not exist', at);
  scan.indirectCalls += 1;
  scan.charges += 1;
  scan.frames.height -= 1;
  call(scan, type, tail);
};

const call = (scan: FunctionScan, type: number, tail: boolean): void => {
  const { frames, layout } = scan;
  const params = layout.typeParams[type]!;
  const results = layout.typeResults[type]!;
  addCompileCost(scan, BRANCH_COST);
  addValuesCost(scan, CALL_VALUE_COST, params + results);
  frames.height += results - params;
  if (tail) stop(scan);
};
