import type { FunctionPlan } from './function-plan.ts';
import type { ModuleLayout } from './module-layout.ts';
import { CALL_WEIGHT, UNCHARGED } from './weights.ts';

/** A small function, read before the others: its plan, for which no function that it calls has weighed anything yet. */
export interface SmallFunction {
  readonly functionIndex: number;
  readonly plan: FunctionPlan;
  /** Functions that it calls directly, each as often as it stands there. */
  readonly callees: readonly number[];
  readonly callsIndirectly: boolean;
}

/**
 * Finds the functions that do not charge on entry, since whoever calls them pays: charging would cost more than they do. They
 * are small, and entered by direct calls alone; their loops charge as all loops do. Notes in the layout which they are, what
 * a call of each weighs, and whether any charge is made in it.
 *
 * A function is decided on when all that it calls is. So none that is part of a recursion ever is, and each of those charges.
 */
export const findUnchargedFunctions = (layout: ModuleLayout, small: readonly SmallFunction[]): void => {
  const waiting = new Map<number, Candidate>();
  for (const found of small) {
    if (isCandidate(layout, found)) waiting.set(found.functionIndex, { found, callers: [], undecided: 0 });
  }
  const ready: Candidate[] = [];
  for (const candidate of waiting.values()) {
    for (const callee of candidate.found.callees) {
      const awaited = waiting.get(callee);
      if (awaited === undefined) continue;
      awaited.callers.push(candidate);
      candidate.undecided += 1;
    }
    if (candidate.undecided === 0) ready.push(candidate);
  }
  for (const { found, callers } of ready) {
    decide(layout, found);
    for (const caller of callers) {
      caller.undecided -= 1;
      if (caller.undecided === 0) ready.push(caller);
    }
  }
};

interface Candidate {
  readonly found: SmallFunction;
  /** Candidates that call it, each as often as it does. */
  readonly callers: Candidate[];
  /** Calls in it of what is not decided yet. */
  undecided: number;
}

const isCandidate = (layout: ModuleLayout, { functionIndex, plan }: SmallFunction): boolean => {
  return plan.entryWeight <= UNCHARGED.weight && !plan.isSlowToCompile && layout.entered[functionIndex] === 0;
};

const decide = (
  layout: ModuleLayout,
  { functionIndex, plan, callees, callsIndirectly }: SmallFunction,
): void => {
  const { callWeights, charges, imported, uncharged } = layout;
  // All of its calls instead of the heaviest way through them: small functions have few.
  let weight = plan.entryWeight;
  for (const callee of callees)
    if (callee >= imported.functions) weight += callWeights[callee]! - CALL_WEIGHT;
  if (weight > UNCHARGED.weight) return;
  uncharged[functionIndex] = 1;
  callWeights[functionIndex] = CALL_WEIGHT + weight;
  const hasEdits = plan.firstEdit !== plan.endEdit; // loops, and instructions that charge
  charges[functionIndex] = Number(
    hasEdits || callsIndirectly || callees.some((callee) => charges[callee] === 1),
  );
};
