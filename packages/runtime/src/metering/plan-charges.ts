import type { EditLog } from './edit-log.ts';
import { FLOW, FLOW_WIDTH, type FlowLog } from './flow-log.ts';
import { EDIT } from './function-plan.ts';
import { ARM_WEIGHT } from './weights.ts';

/**
 * Decides what each charge of a function has to cover, and which arms of a dispatch loop have one of their own.
 *
 * A charge covers the longest path to the next charge. The log is read backwards with one number, `need`: the longest path from here
 * to wherever the next charge is. A charge sets it to 0, a branch takes the need of its label, and where paths part the larger need
 * counts. So the cost is linear, and any choice of places to charge at is covered.
 *
 * What surrounds a loop has paid for what follows the loop. So inside a loop, leaving it needs nothing; what the exits need is kept for
 * each level of loops, and taken up again at the loop's head.
 *
 * RATIONALE.md, "Why longest path, not sum?" and "Why are Go's jumps followed?".
 */
export interface ChargePlanner {
  /** By depth: what opened the frame, how many loops are open in it, and what a branch to its label needs. */
  readonly loops: Int32Array;
  readonly atLabel: Int32Array;
  /** By depth: for an `if` what its second arm needs. */
  readonly aside: Int32Array;
  /** By number of open loops: what the exits of the innermost need in its surroundings. */
  readonly exits: Int32Array;
  /** The same: whether the turns of the innermost charge in its arms, and not at its head. */
  readonly inArms: Uint8Array;
}

/** Creates a planner, for functions that open at most so many levels. */
export const createChargePlanner = (levels: number): ChargePlanner => {
  return {
    loops: new Int32Array(levels),
    atLabel: new Int32Array(levels),
    aside: new Int32Array(levels),
    exits: new Int32Array(levels),
    inArms: new Uint8Array(levels),
  };
};

/** Sets the values of the edits that charge, in `edits`; returns what the function's entry has to cover. */
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
          // It has nothing to charge for, so it needs no wrapper that asks for fuel.
          kinds[value - 1] = EDIT.loopEntry;
          kinds[value] = EDIT.loopHead;
        }
        // Where the head does not charge, whoever enters the loop pays for the way to the first charge in it.
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

/** What a branch to the frame at depth `target` needs before the next charge. If it leaves a loop, the surroundings need it. */
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
