import { type ByteReader, readByte, readCount, readU32, skipBytes, skipSigned } from './byte-reader.ts';
import { type ControlFrames, startFunction } from './control-frames.ts';
import { type FlowLog, startFlow } from './flow-log.ts';
import { EDIT, type FunctionPlan } from './function-plan.ts';
import type { FunctionScan } from './function-scan.ts';
import { MEMARG_WITH_INDEX, noteAccess, readMemarg } from './memory-access.ts';
import { CHANGE, noteChange } from './note-change.ts';
import { describeFunction } from './describe-function.ts';
import type { MeteringLimit } from './metering-limits.ts';
import { addEdit } from './module-layout.ts';
import { MISC, MISC_HEIGHT, OP, OPCODE_HEIGHT, OPCODE_SHAPE, SHAPE } from './opcodes.ts';
import { planCharges } from './plan-charges.ts';
import {
  type MeteringCode,
  refuseAbove,
  refuseFeature,
  refuseMalformed,
  refuseOpcode,
  refuseUnknown,
} from './refusal.ts';
import { scanValueType } from './scan-const-expression.ts';
import { startDispatch } from './scan-dispatch.ts';
import { BLOCK_COST, scanSpecial } from './scan-control.ts';
import { SIMD_COUNT, SIMD_HEIGHT, SIMD_OPCODE_SHAPE, SIMD_SHAPE } from './simd-opcodes.ts';
import { CALL_WEIGHT, FIRST_CALL, LOCALS_PER_UNIT, MISC_WEIGHT, SIMD_WEIGHT, WEIGHT } from './weights.ts';

/** Reads one function body and plans its rewrite. The reader starts after the size and ends with the body. */
export const scanFunction = (scan: FunctionScan, functionIndex: number): FunctionPlan => {
  const { reader, layout, frames, flow } = scan;
  const typeIndex = layout.functionTypes[functionIndex]!;
  const bodyStart = reader.pos;
  const firstEdit = layout.edits.length;
  scan.accessed = 0;
  scan.callees = [];
  scan.indirectCalls = 0;
  scan.charges = 0;
  scan.unchargedCallWeight = 0;
  scan.branchTargets = 0;
  scan.compileCost = 0;
  scan.locals = layout.typeParams[typeIndex]! + scanLocals(reader);
  checkFunction(scan, functionIndex, 'too_many_locals', scan.locals, 'functionLocals');
  const codeStart = reader.pos;
  startFunction(frames, layout.typeResults[typeIndex]!);
  startFlow(flow, Math.floor(scan.locals / LOCALS_PER_UNIT));
  startDispatch(scan.dispatch);
  while (frames.depth >= 0) {
    scan.dispatch.runStart = reader.pos;
    scanStraightLine(reader, frames, flow, layout.checksAccesses);
    scanInstruction(scan);
  }
  if (reader.pos !== reader.end) refuseMalformed('a function longer than its instructions', reader.pos);
  const cost = Math.ceil(scan.compileCost / BLOCK_COST);
  checkFunction(scan, functionIndex, 'nesting_too_deep', frames.deepest, 'functionDepth');
  checkFunction(scan, functionIndex, 'too_many_branch_targets', scan.branchTargets, 'functionBranchTargets');
  checkFunction(scan, functionIndex, 'compile_cost_too_high', cost, 'functionCompileCost');
  const entryWeight = planCharges(scan.planner, flow, layout.edits);
  const compileWeight = compileWeightOf(scan, reader.end - bodyStart);
  return {
    bodyStart,
    codeStart,
    bodyEnd: reader.end,
    nextLocal: scan.locals,
    entryWeight,
    compileWeight,
    isSlowToCompile: compileWeight > FIRST_CALL.most * (CALL_WEIGHT + entryWeight),
    keepsCounter: scan.charges === 0,
    accessed: scan.accessed,
    firstEdit,
    endEdit: layout.edits.length,
  };
};

const compileWeightOf = ({ compileCost }: FunctionScan, bodyBytes: number): number => {
  const { base, perByte, perCompileCost } = FIRST_CALL;
  return Math.ceil(base + perByte * bodyBytes + perCompileCost * (compileCost / BLOCK_COST));
};

/** The words for a measured value in a refusal, and what the plugin's author can do. */
const MEASURES = {
  functionBytes: { what: 'bytes', advice: 'split it or optimise for size' },
  functionLocals: { what: 'parameters and locals', advice: 'split it or optimise for size' },
  functionDepth: { what: 'levels of nested blocks', advice: 'split it' },
  functionBranchTargets: { what: 'br_table targets', advice: 'split it' },
  functionCompileCost: { what: 'units of compile cost', advice: 'split it or optimise for size' },
} as const satisfies Partial<Record<MeteringLimit, { what: string; advice: string }>>;

/** Refuses a function that exceeds one of its limits. The message has its name or its index. */
export const checkFunction = (
  { layout, limits }: Pick<FunctionScan, 'layout' | 'limits'>,
  functionIndex: number,
  code: MeteringCode,
  measured: number,
  name: keyof typeof MEASURES,
): void => {
  if (measured <= limits[name]) return;
  const { what, advice } = MEASURES[name];
  const seen = `${describeFunction(layout.bytes, functionIndex)} has ${measured} ${what}`;
  refuseAbove(code, seen, limits[name], name, advice);
};

const scanLocals = (reader: ByteReader): number => {
  const groups = readCount(reader);
  let locals = 0;
  for (let i = 0; i < groups; i++) {
    locals += readU32(reader);
    scanValueType(reader);
  }
  return locals;
};

/**
 * Skips instructions that only compute, if their immediates are in the shortest form. These are three quarters of the instructions of a
 * release build. `scanInstruction` handles the others and all errors.
 */
const scanStraightLine = (
  reader: ByteReader,
  frames: ControlFrames,
  flow: FlowLog,
  checksAccesses: boolean,
): void => {
  const { bytes } = reader;
  const lastStart = reader.end - LONGEST_SHORT_FORM;
  let { pos } = reader;
  let { height } = frames;
  let { weight } = flow;
  while (pos <= lastStart) {
    const opcode = bytes[pos]!;
    const shape = OPCODE_SHAPE[opcode]!;
    if (shape === SHAPE.plain) {
      pos += 1;
    } else if (shape === SHAPE.memarg) {
      if (checksAccesses || bytes[pos + 1]! >= MEMARG_WITH_INDEX || bytes[pos + 2]! >= 0x80) break;
      pos += 3;
    } else {
      if (shape > SHAPE.i64Const || shape === SHAPE.unknown || bytes[pos + 1]! >= 0x80) break;
      pos += 2;
    }
    height += OPCODE_HEIGHT[opcode]!;
    weight += WEIGHT[opcode]!;
  }
  reader.pos = pos;
  frames.height = height;
  flow.weight = weight;
};

/** The number of bytes of an instruction whose alignment and offset take one byte each. */
const LONGEST_SHORT_FORM = 3;

const scanInstruction = (scan: FunctionScan): void => {
  const { reader, frames, flow } = scan;
  const at = reader.pos;
  const opcode = readByte(reader);
  frames.height += OPCODE_HEIGHT[opcode]!;
  flow.weight += WEIGHT[opcode]!;
  switch (OPCODE_SHAPE[opcode]!) {
    case SHAPE.plain:
      break;
    case SHAPE.index:
      readU32(reader);
      break;
    case SHAPE.memarg:
      noteAccess(scan, opcode, false, readMemarg(reader), at);
      break;
    case SHAPE.i32Const:
      skipSigned(reader, 32);
      scan.dispatch.longConst = at;
      scan.dispatch.longConstEnd = reader.pos;
      break;
    case SHAPE.i64Const:
      skipSigned(reader, 64);
      break;
    case SHAPE.f32Const:
      skipBytes(reader, 4);
      break;
    case SHAPE.f64Const:
      skipBytes(reader, 8);
      break;
    case SHAPE.memory:
      skipMemoryIndex(reader);
      if (opcode === OP.memoryGrow) {
        scan.layout.growsMemory = true;
        edit(scan, EDIT.replaceGrow, at, reader.pos);
      } else if (scan.layout.checksAccesses) addEdit(scan.layout, EDIT.replaceSize, at, reader.pos);
      break;
    case SHAPE.special:
      scanSpecial(scan, opcode, at);
      break;
    case SHAPE.miscPrefix:
      scanMisc(scan, at);
      break;
    case SHAPE.simdPrefix:
      scanSimd(scan, at);
      break;
    default:
      refuseOpcode(opcode, at);
  }
};

/** Logs an edit. All edits except those of loops call helpers that charge, so a counter in a local would become stale. */
const edit = (scan: FunctionScan, kind: number, position: number, value: number): void => {
  scan.charges += 1;
  addEdit(scan.layout, kind, position, value);
};

const skipMemoryIndex = (reader: ByteReader): void => {
  // One byte instead of a LEB128: engines treat padding here differently, and only 0 means the same in all of them.
  if (readByte(reader) !== 0) refuseFeature('multi-memory', reader.pos - 1);
};

const scanMisc = (scan: FunctionScan, at: number): void => {
  const { reader, frames, flow } = scan;
  const opcode = readU32(reader);
  if (opcode > MISC.last) refuseUnknown('instruction 0xfc', opcode, at);
  frames.height += MISC_HEIGHT[opcode]!;
  flow.weight += MISC_WEIGHT[opcode]!;
  switch (opcode) {
    case MISC.memoryInit:
      readU32(reader);
      skipMemoryIndex(reader);
      if (scan.layout.checksAccesses) addEdit(scan.layout, EDIT.checkInit, at, 0);
      return edit(scan, EDIT.chargeBytes, at, 0);
    case MISC.memoryCopy:
      skipMemoryIndex(reader);
      skipMemoryIndex(reader);
      return edit(scan, EDIT.replaceCopy, at, reader.pos);
    case MISC.memoryFill:
      skipMemoryIndex(reader);
      return edit(scan, EDIT.replaceFill, at, reader.pos);
    case MISC.tableInit:
    case MISC.tableCopy:
      readU32(reader);
      readU32(reader);
      noteChange(scan, CHANGE.tables, at);
      return edit(scan, EDIT.chargeElements, at, 0);
    case MISC.tableGrow:
    case MISC.tableFill:
      readU32(reader);
      noteChange(scan, opcode === MISC.tableGrow ? CHANGE.irreversible : CHANGE.tables, at);
      return edit(scan, EDIT.chargeElements, at, 0);
    case MISC.dataDrop:
    case MISC.elemDrop:
      readU32(reader);
      return noteChange(scan, CHANGE.irreversible, at);
    case MISC.tableSize:
      readU32(reader);
      return;
    default: // saturating conversion
  }
};

const scanSimd = (scan: FunctionScan, at: number): void => {
  const { reader, frames, flow } = scan;
  const opcode = readU32(reader);
  const shape = opcode < SIMD_COUNT ? SIMD_OPCODE_SHAPE[opcode]! : SIMD_SHAPE.unknown;
  if (shape === SIMD_SHAPE.unknown) refuseUnknown('instruction 0xfd', opcode, at);
  frames.height += SIMD_HEIGHT[opcode]!;
  flow.weight += SIMD_WEIGHT[opcode]!;
  if (shape === SIMD_SHAPE.memarg || shape === SIMD_SHAPE.memargLane)
    noteAccess(scan, opcode, true, readMemarg(reader), at);
  if (shape === SIMD_SHAPE.lane || shape === SIMD_SHAPE.memargLane) readByte(reader);
  if (shape === SIMD_SHAPE.sixteenBytes) skipBytes(reader, 16);
};
