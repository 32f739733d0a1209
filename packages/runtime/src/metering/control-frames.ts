import { refuseMalformed } from './refusal.ts';

/** What opened a frame. A function's body is the frame at depth 0. */
export const FRAME = { function: 0, block: 1, loop: 2, if: 3, else: 4 } as const;

/**
 * The open blocks of the function being read, and the longest way to each point in it.
 *
 * A **segment** is what runs between two charges: a function from its entry, or one turn of a loop from its head, with
 * inner loops left out, since they charge for themselves. A segment has no cycles, so its longest path is found in
 * one pass: `weight` is the longest way from the segment's head to where the reader stands, a branch carries it to its
 * label, and where ways meet the longer one counts. RATIONALE.md compares this with summing the body.
 *
 * Arrays instead of objects, indexed by depth and used for one function after another: this is the scan's hot path.
 */
export interface ControlFrames {
  depth: number;
  /** The deepest that the function has come to. */
  deepest: number;
  /** Operand height where the reader stands. */
  height: number;
  /** Longest way from the head of the current segment to where the reader stands. */
  weight: number;
  /** Depth of the frame that heads the current segment: a loop, or 0. */
  segment: number;
  readonly kind: Uint8Array;
  /** Operand height below the frame's parameters. */
  readonly base: Int32Array;
  readonly params: Uint8Array;
  readonly results: Uint8Array;
  /** Depth of the segment that the frame's end belongs to. */
  readonly owner: Int32Array;
  /** How many loops are open there, the frame itself included. */
  readonly loops: Int32Array;
  /** Longest way to the frame's end by branches to it. */
  readonly atLabel: Int32Array;
  /** For an `if`: the way to its condition, where `else` starts again. */
  readonly atEntry: Int32Array;
  /** For a segment: the way to the inner loop that the reader is in. */
  readonly suspended: Int32Array;
  /** For a segment: its longest way so far. It becomes the charge. */
  readonly longest: Int32Array;
}

/** Creates frames for functions that open at most so many levels. */
export const createControlFrames = (levels: number): ControlFrames => {
  return {
    depth: 0,
    deepest: 0,
    height: 0,
    weight: 0,
    segment: 0,
    kind: new Uint8Array(levels),
    base: new Int32Array(levels),
    params: new Uint8Array(levels),
    results: new Uint8Array(levels),
    owner: new Int32Array(levels),
    loops: new Int32Array(levels),
    atLabel: new Int32Array(levels),
    atEntry: new Int32Array(levels),
    suspended: new Int32Array(levels),
    longest: new Int32Array(levels),
  };
};

/** Starts a function that has weighed `entryWeight` before its first instruction. */
export const startFunction = (frames: ControlFrames, results: number, entryWeight: number): void => {
  frames.depth = 0;
  frames.deepest = 0;
  frames.height = 0;
  frames.weight = entryWeight;
  frames.segment = 0;
  frames.longest[0] = entryWeight;
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
  frames.owner[depth] = frames.segment;
  frames.loops[depth] = (depth === 0 ? 0 : frames.loops[depth - 1]!) + Number(kind === FRAME.loop);
  frames.atLabel[depth] = 0;
  frames.atEntry[depth] = frames.weight;
};

/** Opens a block, a loop or an `if` (whose condition has been taken off). */
export const openFrame = (frames: ControlFrames, kind: number, params: number, results: number): void => {
  const depth = frames.depth + 1;
  if (depth > frames.deepest) frames.deepest = depth;
  setFrame(frames, depth, kind, params, results);
  frames.depth = depth;
  if (kind !== FRAME.loop) return;
  noteLongest(frames);
  frames.suspended[frames.segment] = frames.weight;
  frames.segment = depth;
  frames.weight = 0;
  frames.longest[depth] = 0;
};

/** Turns from the first arm of an `if` to the second. */
export const turnToElse = (frames: ControlFrames, where: number): void => {
  const { depth } = frames;
  if (frames.kind[depth] !== FRAME.if) refuseMalformed('an "else" without an "if"', where);
  frames.kind[depth] = FRAME.else;
  frames.atLabel[depth] = Math.max(frames.atLabel[depth]!, frames.weight);
  frames.weight = frames.atEntry[depth]!;
  frames.height = frames.base[depth]! + frames.params[depth]!;
};

/** Closes the innermost frame; for a loop or the function, `longest` at its depth is then what it has to charge. */
export const closeFrame = (frames: ControlFrames): void => {
  const { depth } = frames;
  const kind = frames.kind[depth];
  if (kind === FRAME.loop) {
    noteLongest(frames);
    // After the loop its surroundings go on from where they were: each turn has paid for itself.
    frames.segment = frames.owner[depth]!;
    frames.weight = frames.suspended[frames.segment]!;
  } else {
    frames.weight = Math.max(frames.weight, frames.atLabel[depth]!);
    if (kind === FRAME.if) frames.weight = Math.max(frames.weight, frames.atEntry[depth]!);
    if (kind === FRAME.function) noteLongest(frames);
  }
  frames.height = frames.base[depth]! + frames.results[depth]!;
  frames.depth = depth - 1;
};

/** Carries the weight so far to the label `label` levels up; gives how many loops the branch leaves. */
export const branchTo = (frames: ControlFrames, label: number, where: number): number => {
  const target = frames.depth - label;
  if (target < 0) refuseMalformed('a branch to a label that does not exist', where);
  carryTo(frames, target);
  return frames.loops[frames.depth]! - frames.loops[target]!;
};

const carryTo = (frames: ControlFrames, target: number): void => {
  if (frames.kind[target] === FRAME.loop) return; // its head charges anew
  const owner = frames.owner[target]!;
  // A branch out of a loop: the surroundings have only come as far as that loop.
  const arrived = owner === frames.segment ? frames.weight : frames.suspended[owner]!;
  if (arrived > frames.atLabel[target]!) frames.atLabel[target] = arrived;
};

/** Ends a way: after `br`, `return`, `unreachable` and the like the rest of the block is dead. */
export const endPath = (frames: ControlFrames): void => {
  noteLongest(frames);
  frames.weight = 0;
  frames.height = frames.base[frames.depth]!;
};

const noteLongest = (frames: ControlFrames): void => {
  if (frames.weight > frames.longest[frames.segment]!) frames.longest[frames.segment] = frames.weight;
};
