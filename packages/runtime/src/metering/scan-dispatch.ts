import type { ByteReader } from './byte-reader.ts';
import { type ControlFrames, FRAME } from './control-frames.ts';
import { FLOW, type FlowLog, FLOW_WIDTH } from './flow-log.ts';
import { OP, OPCODE_SHAPE, SHAPE } from './opcodes.ts';
import { WEIGHT } from './weights.ts';

/**
 * Dispatch loops: `loop block … block local.get L br_table … end`, as Go's compiler writes a whole function. The blocks' ends are the
 * **arms**, and `i32.const K local.set L br` to the loop is a **jump** to the arm that the table has at K. RATIONALE.md, "Why are
 * Go's jumps followed?".
 *
 * Indexed by the depth of the loop or block. Depths are reused, so each entry stores the loop that it belongs to.
 */
export interface DispatchScan {
  /** Of a loop that dispatches: its number, its place and length in `targets`, and its local. `dispatch` is 0 for other frames. */
  readonly dispatch: Int32Array;
  readonly firstTarget: Int32Array;
  readonly targetCount: Int32Array;
  readonly local: Int32Array;
  /** Depths of the blocks that the tables of this function lead to. */
  targets: number[];
  /** Whether anything except a recognised jump leads to the loop's head. */
  readonly hasOtherTurns: Uint8Array;
  /** Of an open block: the loop whose arm it ends at, or 0, and whether a jump forward leads there. */
  readonly armOf: Int32Array;
  readonly isJoin: Uint8Array;
  /** Of a block that has ended: the loop whose arm it was, and its entry in the flow log. */
  readonly endedArmOf: Int32Array;
  readonly endedArm: Int32Array;
  /** Of an `if`: whether it jumps back, so that what follows it leaves a loop. */
  readonly jumpsBack: Uint8Array;
  /** The depth of the loop of which only the head has been read, or −1. */
  head: number;
  /** The number of dispatch loops of this module so far. */
  count: number;
  /** Where the last run of instructions in their shortest form begins. */
  runStart: number;
  /** The start and the end of the last `i32.const` in a longer form. */
  longConst: number;
  longConstEnd: number;
}

/** Creates the state for functions with at most this number of levels. */
export const createDispatchScan = (levels: number): DispatchScan => {
  return {
    dispatch: new Int32Array(levels),
    firstTarget: new Int32Array(levels),
    targetCount: new Int32Array(levels),
    local: new Int32Array(levels),
    targets: [],
    hasOtherTurns: new Uint8Array(levels),
    armOf: new Int32Array(levels),
    isJoin: new Uint8Array(levels),
    endedArmOf: new Int32Array(levels),
    endedArm: new Int32Array(levels),
    jumpsBack: new Uint8Array(levels),
    head: -1,
    count: 0,
    runStart: 0,
    longConst: 0,
    longConstEnd: 0,
  };
};

/** Starts a function. */
export const startDispatch = (state: DispatchScan): void => {
  state.targets = [];
  state.head = -1;
  state.longConstEnd = -1;
};

/** Clears the entries of a depth when a block, a loop or an `if` opens. */
export const openDispatchFrame = (state: DispatchScan, depth: number): void => {
  state.dispatch[depth] = 0;
  state.armOf[depth] = 0;
  state.jumpsBack[depth] = 0;
};

/** The weight of the path from the head to an arm. */
export const DISPATCH_WEIGHT = WEIGHT[OP.localGet]! + WEIGHT[OP.brTable]!;

/** Returns which loop has the `br_table` at `at` at its head, after only a `local.get`, if any. */
export const findDispatch = (
  state: DispatchScan,
  { bytes }: ByteReader,
  flow: FlowLog,
  frames: ControlFrames,
  at: number,
): number => {
  const { head, runStart } = state;
  if (head < 0 || flow.weight !== DISPATCH_WEIGHT) return -1;
  if (at - runStart !== 2 || bytes[runStart] !== OP.localGet) return -1;
  for (let depth = head; depth <= frames.depth; depth++)
    if (frames.params[depth] !== 0 || (depth > head && frames.results[depth] !== 0)) return -1;
  return head;
};

/** Notes the targets of the table at the head of the loop at depth `loop`, if all of them are arms. */
export const noteDispatch = (
  state: DispatchScan,
  bytes: Uint8Array,
  loop: number,
  targets: readonly number[],
): void => {
  if (targets.some((depth) => depth <= loop)) return;
  state.count += 1;
  state.dispatch[loop] = state.count;
  state.firstTarget[loop] = state.targets.length;
  state.targetCount[loop] = targets.length;
  state.local[loop] = bytes[state.runStart + 1]!;
  state.hasOtherTurns[loop] = 0;
  for (const depth of targets) {
    state.targets.push(depth);
    state.armOf[depth] = state.count;
    state.isJoin[depth] = 0;
  }
};

/** A jump that is not recognised, a jump forward to an open block, and a jump to an arm that has begun. */
export const JUMP = { unknown: -1, back: -2 } as const;

/**
 * Follows the `br` at `at` to the loop at depth `loop`. Returns the depth of the open block after which it continues, or one of `JUMP`. Marks
 * the arm that it leads to.
 */
export const followJump = (
  state: DispatchScan,
  reader: ByteReader,
  flow: FlowLog,
  frames: ControlFrames,
  loop: number,
  at: number,
): number => {
  const key = readKey(state, reader.bytes, state.local[loop]!, at);
  if (key === undefined) return JUMP.unknown;
  const last = state.targetCount[loop]! - 1;
  const target = state.targets[state.firstTarget[loop]! + Math.min(key >>> 0, last)]!;
  const id = state.dispatch[loop]!;
  if (target <= frames.depth && state.armOf[target] === id) {
    state.isJoin[target] = 1;
    return target;
  }
  if (state.endedArmOf[target] !== id) return JUMP.unknown;
  flow.entries[state.endedArm[target]!] = FLOW.endTurn;
  if (frames.kind[frames.depth] === FRAME.if) state.jumpsBack[frames.depth] = 1;
  return JUMP.back;
};

/** Notes that the block of an arm at `depth` has ended. Its entry is the last one in the log. */
export const endArm = (state: DispatchScan, flow: FlowLog, depth: number): void => {
  state.endedArmOf[depth] = state.armOf[depth]!;
  state.endedArm[depth] = flow.length - FLOW_WIDTH;
  state.armOf[depth] = 0;
};

/** Reads the K of `i32.const K local.set L` directly before `at`. Returns `undefined` for other instructions. */
const readKey = (
  { runStart, longConst, longConstEnd }: DispatchScan,
  bytes: Uint8Array,
  local: number,
  at: number,
): number | undefined => {
  // Instructions can only be decoded forwards. Each run is read at most once more, because it ends with the `br`.
  let before = -1;
  let last = -1;
  for (let pos = runStart; pos < at; pos += shortLength(bytes[pos]!)) {
    before = last;
    last = pos;
  }
  if (last < 0 || bytes[last] !== OP.localSet || bytes[last + 1] !== local) return undefined;
  if (before < 0) return longConstEnd === runStart ? readSigned(bytes, longConst + 1) : undefined;
  return bytes[before] === OP.i32Const ? readSigned(bytes, before + 1) : undefined;
};

/** The number of bytes of an instruction in its shortest form that `scanStraightLine` skips. */
const shortLength = (opcode: number): number => {
  const shape = OPCODE_SHAPE[opcode]!;
  return shape === SHAPE.plain ? 1 : shape === SHAPE.memarg ? 3 : 2;
};

/** Reads a signed LEB128 of 32 bits that is already validated. */
const readSigned = (bytes: Uint8Array, start: number): number => {
  let value = 0;
  let shift = 0;
  for (let at = start; ; at++) {
    value |= (bytes[at]! & 0x7f) << shift;
    shift += 7;
    if (bytes[at]! < 0x80) return shift < 32 ? (value << (32 - shift)) >> (32 - shift) : value;
  }
};
