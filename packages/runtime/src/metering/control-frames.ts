import { refuseMalformed } from './refusal.ts';

/** The instruction that opened a frame. A function's body is the frame at depth 0. */
export const FRAME = { function: 0, block: 1, loop: 2, if: 3, else: 4 } as const;

/**
 * The open blocks of the current function. Arrays indexed by depth, reused for each function, because this is the hot path of the scan.
 */
export interface ControlFrames {
  depth: number;
  /** The largest depth in the function. */
  deepest: number;
  /** Operand height at the position of the reader. */
  height: number;
  readonly kind: Uint8Array;
  /** Operand height below the frame's parameters. */
  readonly base: Int32Array;
  readonly params: Uint8Array;
  readonly results: Uint8Array;
  /** The number of open loops, including the frame itself. */
  readonly loops: Int32Array;
}

/** Creates frames for functions with at most this number of levels. */
export const createControlFrames = (levels: number): ControlFrames => {
  return {
    depth: 0,
    deepest: 0,
    height: 0,
    kind: new Uint8Array(levels),
    base: new Int32Array(levels),
    params: new Uint8Array(levels),
    results: new Uint8Array(levels),
    loops: new Int32Array(levels),
  };
};

/** Starts a function. */
export const startFunction = (frames: ControlFrames, results: number): void => {
  frames.depth = 0;
  frames.deepest = 0;
  frames.height = 0;
  setFrame(frames, 0, FRAME.function, 0, results);
};

const setFrame = (
  frames: ControlFrames,
  depth: number,
  kind: number,
  params: number,
  results: number,
): void => {
  frames.kind[depth] = kind;
  frames.params[depth] = params;
  frames.results[depth] = results;
  frames.base[depth] = depth === 0 ? 0 : Math.max(frames.base[depth - 1]!, frames.height - params);
  frames.loops[depth] = (depth === 0 ? 0 : frames.loops[depth - 1]!) + Number(kind === FRAME.loop);
};

/** Opens a block, a loop or an `if`. The condition of an `if` has already been popped. */
export const openFrame = (frames: ControlFrames, kind: number, params: number, results: number): void => {
  const depth = frames.depth + 1;
  if (depth > frames.deepest) frames.deepest = depth;
  setFrame(frames, depth, kind, params, results);
  frames.depth = depth;
};

/** Switches from the first arm of an `if` to the second. */
export const turnToElse = (frames: ControlFrames, where: number): void => {
  const { depth } = frames;
  if (frames.kind[depth] !== FRAME.if) refuseMalformed('an "else" without an "if"', where);
  frames.kind[depth] = FRAME.else;
  frames.height = frames.base[depth]! + frames.params[depth]!;
};

/** Closes the innermost frame. */
export const closeFrame = (frames: ControlFrames): void => {
  const { depth } = frames;
  frames.height = frames.base[depth]! + frames.results[depth]!;
  frames.depth = depth - 1;
};

/** Checks a branch to the label `label` levels up, and returns how many loops it leaves. */
export const branchTo = (frames: ControlFrames, label: number, where: number): number => {
  const target = frames.depth - label;
  if (target < 0) refuseMalformed('a branch to a label that does not exist', where);
  return frames.loops[frames.depth]! - frames.loops[target]!;
};

/** Ends a path: after `br`, `return`, `unreachable` and similar instructions, the rest of the block is dead. */
export const endPath = (frames: ControlFrames): void => {
  frames.height = frames.base[frames.depth]!;
};
