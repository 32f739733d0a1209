import type { MeteringLimit } from './metering-limits.ts';

/** Why a module is refused: a closed list of codes. A published code never changes. */
export const METERING_CODES = [
  /** The bytes are not a module, or not one that this engine accepts. */
  'invalid_module',
  /** The module is larger than `moduleBytes`. */
  'module_too_large',
  /** The module uses a WebAssembly feature that metering does not cover. The message names it. */
  'unsupported_feature',
  /** The module imports or exports a name that begins with `plugwire:`. */
  'reserved_name',
  /** The module's memory starts above `memoryBytes`. */
  'memory_too_large',
  /** The module's tables start above `tableElements`, or are too many. */
  'table_too_large',
  /** A function body is larger than `functionBytes`. */
  'function_too_large',
  /** The module has more functions than `moduleFunctions`, more types than `typeComparisons` allows, or more imports, exports or segments than any compiler writes. */
  'too_many_definitions',
  /** A function type has too many parameters or results. */
  'arity_too_large',
  /** A function has more parameters and locals than `functionLocals`. */
  'too_many_locals',
  /** A function nests blocks deeper than `functionDepth`. */
  'nesting_too_deep',
  /** A function has more `br_table` targets than `functionBranchTargets`. */
  'too_many_branch_targets',
  /** A function's compile cost is above `functionCompileCost`: the engine would take too long to compile it. */
  'compile_cost_too_high',
] as const;

export type MeteringCode = (typeof METERING_CODES)[number];

/** WebAssembly features that metering refuses, by the names of their proposals. */
export type RefusedFeature =
  | 'threads'
  | 'memory64'
  | 'multi-memory'
  | 'exception handling'
  | 'garbage collection and typed references'
  | 'table initialisers';

/** Thrown below `meterModule`, which converts it to a value. It never leaves this folder. */
export class Refusal extends Error {
  readonly code: MeteringCode;

  constructor(code: MeteringCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * Refuses the module. The message says what was seen, what was expected, and what to do. Here and below, the type is declared explicitly,
 * because the compiler only then knows that the call never returns.
 */
export const refuse: (code: MeteringCode, message: string) => never = (code, message) => {
  throw new Refusal(code, message);
};

/** Refuses a value above a limit that an operator can raise. `advice` says what else to do. */
export const refuseAbove: (
  code: MeteringCode,
  seen: string,
  limit: number,
  name: MeteringLimit,
  advice: string,
) => never = (code, seen, limit, name, advice) => {
  throw new Refusal(code, `${seen}; at most ${limit} are accepted; ${advice}, or raise limits.${name}`);
};

/** Refuses bytes that no WebAssembly engine would accept. `where` is an offset into the module. */
export const refuseMalformed: (what: string, where: number) => never = (what, where) => {
  throw new Refusal(
    'invalid_module',
    `${what} at byte ${where}; expected a valid WebAssembly module; build it again`,
  );
};

/** Refuses a feature by its name. */
export const refuseFeature: (feature: RefusedFeature, where: number) => never = (feature, where) => {
  throw new Refusal(
    'unsupported_feature',
    `the module uses ${feature} (byte ${where}), which cannot be metered; build it with that feature switched off`,
  );
};

/** Refuses bytes that this version does not know. Metering runs only modules that it understands completely. */
export const refuseUnknown: (what: string, value: number, where: number) => never = (what, value, where) => {
  throw new Refusal(
    'unsupported_feature',
    `unknown ${what} 0x${value.toString(16)} at byte ${where}; expected WebAssembly 2.0 with tail calls, relaxed SIMD ` +
      `and extended constants; build it for an older target`,
  );
};

/** Refuses an opcode that is not in the accept list. Names its feature if it is known. */
export const refuseOpcode: (opcode: number, at: number) => never = (opcode, at) => {
  if ((opcode >= 0x06 && opcode <= 0x0a) || opcode === 0x18 || opcode === 0x19 || opcode === 0x1f) {
    refuseFeature('exception handling', at);
  }
  if (opcode === 0x14 || opcode === 0x15 || (opcode >= 0xd3 && opcode <= 0xd6) || opcode === 0xfb) {
    refuseFeature('garbage collection and typed references', at);
  }
  if (opcode === 0xfe) refuseFeature('threads', at);
  return refuseUnknown('instruction', opcode, at);
};
