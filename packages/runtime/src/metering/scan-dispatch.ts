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
 * By depth of the loop or of the block. Depths are used again, so each entry tells which loop it belongs to.
 */
export interface DispatchScan {
  /** Of a loop that dispatches: its number, its place and length in `targets`, and its local. `dispatch` is 0 for other frames. */
  readonly dispatch: Int32Array;
  readonly firstTarget: Int32Array;
  readonly targetCount: Int32Array;
  readonly local: Int32Array;
  /** Depths of the blocks that the tables of this function lead to. */
  targets: number[];
  /** Whether something other than a jump that is understood leads to the loop's head. */
  readonly hasOtherTurns: Uint8Array;
  /** Of an open block: the loop whose arm it ends at, or 0, and whether a jump forward leads there. */
  readonly armOf: Int32Array;
  readonly isJoin: Uint8Array;
  /** Of a block that has ended: the loop whose arm it was, and its entry in the flow log. */
  readonly endedArmOf: Int32Array;
  readonly endedArm: Int32Array;
  /** Of an `if`: whether it jumps back, so that what follows it leaves a loop. */
  readonly jumpsBack: Uint8Array;
  /** Depth of the loop of which nothing but its head has been read; or −1. */
  head: number;
  /** Loops of this module that dispatch, so far. */
  count: number;
  /** Where the last run of instructions in their shortest form begins. */
  runStart: number;
  /** Where the last `i32.const` in a longer form stands, and ends. */
  longConst: number;
  longConstEnd: number;
}

/** Creates the state, for functions that open at most so many levels. */
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

/** Forgets what was known of a depth, where a block, a loop or an `if` opens. */
export const openDispatchFrame = (state: DispatchScan, depth: number): void => {
  state.dispatch[depth] = 0;
  state.armOf[depth] = 0;
  state.jumpsBack[depth] = 0;
};

/** What going from the head to an arm weighs. */
export const DISPATCH_WEIGHT = WEIGHT[OP.localGet]! + WEIGHT[OP.brTable]!;

/** Whether the `br_table` at `at` stands at the head of a loop, behind a `local.get` and nothing else; and of which. */
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

/** Notes the targets of the table at the head of the loop at depth `loop`, unless one is no arm. */
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

/** A jump that is not understood, one forward to an open block, and one to an arm that has begun. */
export const JUMP = { unknown: -1, back: -2 } as const;

/**
 * Follows the `br` at `at` to the loop at depth `loop`: gives the depth of the open block that it ends up behind, or one of `JUMP`. Marks
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

/** Notes that the block at `depth`, an arm's, has ended; its entry is the last of the log. */
export const endArm = (state: DispatchScan, flow: FlowLog, depth: number): void => {
  state.endedArmOf[depth] = state.armOf[depth]!;
  state.endedArm[depth] = flow.length - FLOW_WIDTH;
  state.armOf[depth] = 0;
};

/** Reads the K of `i32.const K local.set L` right before `at`; undefined if anything else is there. */
const readKey = (
  { runStart, longConst, longConstEnd }: DispatchScan,
  bytes: Uint8Array,
  local: number,
  at: number,
): number | undefined => {
  // Instructions can only be told apart from the front. Each run is read once more at most: it ends with the `br`.
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

/** Bytes of an instruction in its shortest form, one that `scanStraightLine` moves past. */
const shortLength = (opcode: number): number => {
  const shape = OPCODE_SHAPE[opcode]!;
  return shape === SHAPE.plain ? 1 : shape === SHAPE.memarg ? 3 : 2;
};

/** Reads a signed LEB128 of 32 bits that has been checked. */
const readSigned = (bytes: Uint8Array, start: number): number => {
  let value = 0;
  let shift = 0;
  for (let at = start; ; at++) {
    value |= (bytes[at]! & 0x7f) << shift;
    shift += 7;
    if (bytes[at]! < 0x80) return shift < 32 ? (value << (32 - shift)) >> (32 - shift) : value;
  }
};
