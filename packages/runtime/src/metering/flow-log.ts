/** A place in a function where control flow may change. Frames that `block` and similar entries open end with an `end…` entry. */
export const FLOW = {
  block: 0,
  if: 1,
  else: 2,
  /** Value: the number of the edit after its head. */
  loop: 3,
  /** The end of a block, or of the function. */
  end: 4,
  /** The end of a block that only a jump back leads to, of one that jumps forward lead to. Value: the number of the edit behind it. */
  endTurn: 5,
  endJoin: 6,
  /** The end of an `if` or of its second arm. */
  endIf: 7,
  endElse: 8,
  /** The end of an `if` that jumps back. Value: the number of the edit behind it. */
  endIfTurn: 9,
  endLoop: 10,
  /** The end of a loop whose head charges nothing, since each turn charges in its arm. */
  endDispatch: 11,
  /** `br`, and `br_if` or a further target of a `br_table`. Value: how many levels up. */
  branch: 12,
  branchIf: 13,
  /** `return`, `unreachable`, and what comes behind a `br_table`. */
  stop: 14,
} as const;

/**
 * The control flow of the current function, in the order of its bytes. Each place where control flow may change has three numbers: its
 * kind, the weight since the previous place, and a value. `planCharges` reads it backwards.
 */
export interface FlowLog {
  /** The weight since the last place. */
  weight: number;
  length: number;
  entries: Int32Array;
}

/** The number of numbers in an entry. */
export const FLOW_WIDTH = 3;

const FIRST_CAPACITY = 4_096 * FLOW_WIDTH;

/** Creates a log. It is reused for each function. */
export const createFlowLog = (): FlowLog => {
  return { weight: 0, length: 0, entries: new Int32Array(FIRST_CAPACITY) };
};

/** Removes the last function, and starts a function with the weight `weight` before its first instruction. */
export const startFlow = (flow: FlowLog, weight: number): void => {
  flow.weight = weight;
  flow.length = 0;
};

/** Logs a place; `kind` is one of `FLOW`. */
export const logFlow = (flow: FlowLog, kind: number, value: number): void => {
  const at = flow.length;
  if (at === flow.entries.length) {
    const grown = new Int32Array(2 * at);
    grown.set(flow.entries);
    flow.entries = grown;
  }
  const { entries } = flow;
  entries[at] = kind;
  entries[at + 1] = flow.weight;
  entries[at + 2] = value;
  flow.length = at + FLOW_WIDTH;
  flow.weight = 0;
};

/** Logs the beginning of a block. Only one path leads through it, so the weight so far may count for the place after it. */
export const logBlock = (flow: FlowLog): void => {
  const { weight } = flow;
  flow.weight = 0;
  logFlow(flow, FLOW.block, 0);
  flow.weight = weight;
};
