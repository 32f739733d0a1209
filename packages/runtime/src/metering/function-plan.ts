/** How to rewrite one function: where its parts are, what it charges, and its part of the edit log. */
export interface FunctionPlan {
  /** First byte after the size: the local declarations. */
  readonly bodyStart: number;
  /** First byte of the instructions. */
  readonly codeStart: number;
  readonly bodyEnd: number;
  /** Index that one more local gets. */
  readonly nextLocal: number;
  /** Charge on entry: the longest way to the end, inner loops left out. */
  readonly entryWeight: number;
  readonly hasLoops: boolean;
  /** Whether nothing in it can run other metered code, so that its counter may stay in a local. */
  readonly callFree: boolean;
  readonly firstEdit: number;
  readonly endEdit: number;
}

/** What the rewrite does at a place inside a function. */
export const EDIT = {
  /** Before a `loop`. Value: the number of the first edit after it if no call is inside, else 0. */
  loopEntry: 0,
  /** After a `loop` and its block type. Value: what a turn weighs. */
  loopHead: 1,
  /** Charge by the operand on top before this instruction runs: `memory.init`. */
  chargeBytes: 2,
  /** The same: `table.init`, `copy`, `fill`, `grow`. */
  chargeElements: 3,
  /** Call a helper instead of `memory.grow`. Value: where the instruction ends. */
  replaceGrow: 4,
  /** Call a helper instead of `memory.fill`. Value: where the instruction ends. */
  replaceFill: 5,
  /** Call a helper instead of `memory.copy`. Value: where the instruction ends. */
  replaceCopy: 6,
} as const;
