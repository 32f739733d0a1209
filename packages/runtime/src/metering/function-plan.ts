/** How to rewrite one function: where its parts are, what it charges, and its part of the edit log. */
export interface FunctionPlan {
  /** First byte after the size: the local declarations. */
  readonly bodyStart: number;
  /** First byte of the instructions. */
  readonly codeStart: number;
  readonly bodyEnd: number;
  /** Index that one more local gets. */
  readonly nextLocal: number;
  /** Charge on entry: the longest path to the next charge, inner loops left out. */
  readonly entryWeight: number;
  /** What compiling it takes when it is first called, as fuel. */
  readonly compileWeight: number;
  /** Whether that is so much more than its entry weighs that its first entry takes it off the slice. */
  readonly isSlowToCompile: boolean;
  /** Whether nothing that it calls charges, so that its counter may stay in a local. */
  readonly keepsCounter: boolean;
  /** What its memory accesses need locals for if they are checked: bits of `memory-access.ts`. */
  readonly accessed: number;
  readonly firstEdit: number;
  readonly endEdit: number;
}

/** What the rewrite does at a place inside a function. */
export const EDIT = {
  /** Before a `loop`. Value: the number of the first edit after it if nothing called inside charges, else 0. */
  loopEntry: 0,
  /** The same for a **tight** loop: one that calls nothing that charges, and has no loop in it. */
  tightLoopEntry: 1,
  /** After a `loop` and its block type: the next edit after its entry. Value: what a turn weighs. */
  loopHead: 2,
  tightLoopHead: 3,
  /** After a loop's `end`. Value: none. */
  loopEnd: 4,
  /** Instead of a branch's label. Value: the label that leads to the same place. */
  label: 5,
  /** Charge by the operand on top before this instruction runs: `memory.init`. */
  chargeBytes: 6,
  /** The same: `table.init`, `copy`, `fill`, `grow`. */
  chargeElements: 7,
  /** Call a helper instead of `memory.grow`. Value: where the instruction ends. */
  replaceGrow: 8,
  /** Call a helper instead of `memory.fill`. Value: where the instruction ends. */
  replaceFill: 9,
  /** Call a helper instead of `memory.copy`. Value: where the instruction ends. */
  replaceCopy: 10,
  /** Charge before `table.get` or `ref.func`. Value: parameters and results of the function's type. */
  chargeValues: 11,
  /** Look at the time before a call of a function that its callers pay for. Value: what compiling those called since may take. */
  checkTime: 12,
  /** Note, before an instruction, that it changes what only some restores undo. Value: a bit of `CHANGE`. */
  noteChange: 13,
  /** Check an access to a memory whose size metering keeps. Value: how far it reaches, and what lies over its address (`memory-access.ts`). */
  checkAccess: 14,
  /** The same for `memory.init`. */
  checkInit: 15,
  /** Give the size that metering keeps instead of `memory.size`. Value: where the instruction ends. */
  replaceSize: 16,
  /** After the `end` of a block in a dispatch loop, where it may charge. Value: what follows weighs; 0 if it does not charge. */
  arm: 17,
} as const;
