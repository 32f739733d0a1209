import type { FunctionPlan } from './function-plan.ts';
import type { ModuleLayout } from './module-layout.ts';
import { CALL_WEIGHT, UNCHARGED } from './weights.ts';

/** A small function that is read before the others, and its plan. The plan does not yet contain the weights of called functions. */
export interface SmallFunction {
  readonly functionIndex: number;
  readonly plan: FunctionPlan;
  /** Functions that it calls directly, once for each call. */
  readonly callees: readonly number[];
  readonly callsIndirectly: boolean;
}

/**
 * Finds the functions that do not charge on entry because their callers pay. For them, charging would cost more than their work. They are
 * small and only entered by direct calls. Their loops charge like all loops. Notes in the layout which functions these are, the weight of a
 * call of each, and whether they make any charge.
 *
 * A function is decided when all functions that it calls are decided. Functions that are part of a recursion are never decided, so they
 * charge.
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
  /** Candidates that call it, once for each call. */
  readonly callers: Candidate[];
  /** The number of its calls of undecided functions. */
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
  // All of its calls count, not only those on the heaviest path, because small functions have few calls.
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
