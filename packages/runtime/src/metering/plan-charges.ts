import type { EditLog } from './edit-log.ts';
import { FLOW, FLOW_WIDTH, type FlowLog } from './flow-log.ts';
import { EDIT } from './function-plan.ts';
import { ARM_WEIGHT } from './weights.ts';

/**
 * Determines the amount of each charge in a function, and which arms of a dispatch loop have a separate charge.
 *
 * A charge covers the longest path to the next charge. The log is read backwards with one number, `need`: the longest path from here to
 * the next charge. A charge sets it to 0, a branch takes the need of its label, and where paths split, the larger need counts. The cost is
 * linear, and the result is correct for any choice of places that charge.
 *
 * The code around a loop has paid for the code after the loop. Inside a loop, an exit therefore needs nothing. The need of the exits is
 * stored for each level of loops, and used again at the head of the loop.
 *
 * RATIONALE.md, "Why longest path, not sum?" and "Why are Go's jumps followed?".
 */
export interface ChargePlanner {
  /** By depth: the instruction that opened the frame, the number of open loops, and the need of a branch to its label. */
  readonly loops: Int32Array;
  readonly atLabel: Int32Array;
  /** By depth: for an `if`, the need of its second arm. */
  readonly aside: Int32Array;
  /** By number of open loops: the need of the innermost loop's exits in the code around it. */
  readonly exits: Int32Array;
  /** By number of open loops: whether the turns of the innermost loop are charged in its arms, not at its head. */
  readonly inArms: Uint8Array;
}

/** Creates a planner for functions with at most this number of levels. */
export const createChargePlanner = (levels: number): ChargePlanner => {
  return {
    loops: new Int32Array(levels),
    atLabel: new Int32Array(levels),
    aside: new Int32Array(levels),
    exits: new Int32Array(levels),
    inArms: new Uint8Array(levels),
  };
};

/** Sets the values of the edits in `edits` that charge. Returns the charge on the function's entry. */
export const planCharges = (planner: ChargePlanner, flow: FlowLog, edits: EditLog): number => {
  const { aside, atLabel, exits, inArms } = planner;
  const { kinds, values } = edits;
  const { entries } = flow;
  let depth = -1;
  let openLoops = 0;
  let need = 0;

  for (let at = flow.length - FLOW_WIDTH; at >= 0; at -= FLOW_WIDTH) {
    const value = entries[at + 2]!;
    switch (entries[at]!) {
      case FLOW.endTurn:
      case FLOW.endJoin:
        if (inArms[openLoops] === 1 && (entries[at] === FLOW.endTurn || need > ARM_WEIGHT)) {
          values[value] = need;
          need = 0;
        }
        open(planner, ++depth, openLoops, need, 0);
        break;
      case FLOW.endIfTurn:
        if (inArms[openLoops] === 1 && need > ARM_WEIGHT) {
          values[value] = need;
          need = 0;
        }
        open(planner, ++depth, openLoops, need, need);
        break;
      case FLOW.end:
        open(planner, ++depth, openLoops, need, 0);
        break;
      case FLOW.endIf:
      case FLOW.endElse:
        open(planner, ++depth, openLoops, need, need);
        break;
      case FLOW.endLoop:
      case FLOW.endDispatch:
        openLoops += 1;
        exits[openLoops] = need;
        inArms[openLoops] = Number(entries[at] === FLOW.endDispatch);
        open(planner, ++depth, openLoops, 0, 0);
        need = 0;
        break;
      case FLOW.loop: {
        const chargesInArms = inArms[openLoops] === 1;
        values[value] = chargesInArms ? 0 : need;
        if (need === 0 && kinds[value] === EDIT.tightLoopHead) {
          // It has no weight, so it needs no wrapper that asks for fuel.
          kinds[value - 1] = EDIT.loopEntry;
          kinds[value] = EDIT.loopHead;
        }
        // If the head does not charge, the code that enters the loop pays for the path to the first charge in it.
        need = exits[openLoops]! + (chargesInArms ? need : 0);
        openLoops -= 1;
        depth -= 1;
        break;
      }
      case FLOW.else:
        aside[depth] = need;
        need = atLabel[depth]!;
        break;
      case FLOW.if:
        need = Math.max(need, aside[depth]!);
        depth -= 1;
        break;
      case FLOW.block:
        depth -= 1;
        break;
      case FLOW.branch:
        need = needOfBranch(planner, depth - value, openLoops);
        break;
      case FLOW.branchIf:
        need = Math.max(need, needOfBranch(planner, depth - value, openLoops));
        break;
      default: // FLOW.stop
        need = 0;
    }
    need += entries[at + 1]!;
  }
  return need;
};

const open = (
  { loops, atLabel, aside }: ChargePlanner,
  depth: number,
  openLoops: number,
  label: number,
  more: number,
): void => {
  loops[depth] = openLoops;
  atLabel[depth] = label;
  aside[depth] = more;
};

/** Returns the need of a branch to the frame at depth `target`. If the branch leaves a loop, the code around the loop has the need. */
const needOfBranch = (
  { loops, atLabel, exits }: ChargePlanner,
  target: number,
  openLoops: number,
): number => {
  const there = loops[target]!;
  const needed = atLabel[target]!;
  if (there === openLoops) return needed;
  if (needed > exits[there + 1]!) exits[there + 1] = needed;
  return 0;
};
