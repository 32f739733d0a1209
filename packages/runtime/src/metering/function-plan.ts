/** The plan to rewrite one function: the offsets of its parts, its charges, and its part of the edit log. */
export interface FunctionPlan {
  /** First byte after the size: the local declarations. */
  readonly bodyStart: number;
  /** First byte of the instructions. */
  readonly codeStart: number;
  readonly bodyEnd: number;
  /** Index that one more local gets. */
  readonly nextLocal: number;
  /** Charge on entry: the longest path to the next charge, without inner loops. */
  readonly entryWeight: number;
  /** The cost of compiling it on its first call, as fuel. */
  readonly compileWeight: number;
  /** Whether this cost is so much more than its entry weighs that its first entry takes the cost off the slice. */
  readonly isSlowToCompile: boolean;
  /** Whether no function that it calls charges, so that its counter can stay in a local. */
  readonly keepsCounter: boolean;
  /** Which locals its memory accesses need if they are checked: bits of `memory-access.ts`. */
  readonly accessed: number;
  readonly firstEdit: number;
  readonly endEdit: number;
}

/** An edit at a place inside a function. */
export const EDIT = {
  /** Before a `loop`. Value: the number of the first edit after it if nothing called inside charges, else 0. */
  loopEntry: 0,
  /** The same for a **tight** loop: it calls no function that charges, and contains no loop. */
  tightLoopEntry: 1,
  /** After a `loop` and its block type: the next edit after its entry. Value: the weight of a turn. */
  loopHead: 2,
  tightLoopHead: 3,
  /** After a loop's `end`. Value: none. */
  loopEnd: 4,
  /** Replaces the label of a branch. Value: the label that leads to the same place. */
  label: 5,
  /** Charge by the top operand before the instruction runs: `memory.init`. */
  chargeBytes: 6,
  /** The same: `table.init`, `copy`, `fill`, `grow`. */
  chargeElements: 7,
  /** Call a helper instead of `memory.grow`. Value: where the instruction ends. */
  replaceGrow: 8,
  /** Call a helper instead of `memory.fill`. Value: where the instruction ends. */
  replaceFill: 9,
  /** Call a helper instead of `memory.copy`. Value: where the instruction ends. */
  replaceCopy: 10,
  /** Charge before `table.get` or `ref.func`. Value: the number of parameters and results of the function's type. */
  chargeValues: 11,
  /** Check the time before a call of a function that its callers pay for. Value: the compile cost of such functions called since the last check. */
  checkTime: 12,
  /** Note, before an instruction, a change that only some restores undo. Value: a bit of `CHANGE`. */
  noteChange: 13,
  /** Check an access to a memory whose size metering keeps. Value: its extent, and the operand above its address (`memory-access.ts`). */
  checkAccess: 14,
  /** The same for `memory.init`. */
  checkInit: 15,
  /** Return the size that metering keeps instead of `memory.size`. Value: where the instruction ends. */
  replaceSize: 16,
  /** After the `end` of a block in a dispatch loop, which may charge. Value: the weight of what follows, or 0 if it does not charge. */
  arm: 17,
} as const;
