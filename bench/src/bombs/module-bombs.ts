import type { PluginLimits } from '@plugwire/runtime';

import {
  body,
  buildModule,
  functionModule,
  I32,
  join,
  leb,
  list,
  name,
  NOTHING,
  type Part,
  repeat,
} from './build-module.ts';

/** A module that is made to be slow, as large as its limits allow. */
export interface Bomb {
  readonly title: string;
  readonly build: (limits: PluginLimits) => Uint8Array<ArrayBuffer>;
}

const VALUE_TYPES = [0x7f, 0x7e, 0x7d, 0x7c];

/** Unique parameters for a number: its digits, padded with i32. */
const parameters = (number: number, most: number): number[] => {
  const digits = Array.from((number + 1).toString(4), (digit) => VALUE_TYPES[Number(digit)] as number);
  return [...Array<number>(Math.max(0, most - digits.length)).fill(I32), ...digits];
};

const typeOf = (params: readonly number[]): Part => [0x60, ...leb(params.length), ...params, 0];

const differentTypes = (count: number, most: number): Part[] =>
  Array.from({ length: count }, (_, i) => typeOf(parameters(i, most)));

/** Returns how many different types fit, by inverting the sum of `type-comparisons.ts`. */
const mostTypes = ({ typeComparisons }: PluginLimits, perPair: number, perType: number): number =>
  Math.floor((Math.sqrt(perType * perType + 2 * perPair * typeComparisons) - perType) / perPair);

const ZERO: Part = [0x41, 0];
const DROP = 0x1a;
const IF: Part = [0x41, 0, 0x04, 0x40, 0x0b];
const IF_ELSE: Part = [0x41, 0, 0x04, 0x40, 0x05, 0x0b];

/** Repeats code as often as the body's size and the compile cost allow. */
const most = (
  { functionBytes, functionCompileCost }: PluginLimits,
  part: Part,
  cost: number,
  otherBytes = 0,
): number =>
  Math.max(
    0,
    Math.floor(Math.min((functionBytes - otherBytes - 16) / part.length, functionCompileCost / cost)),
  );

const blocksOverLocals = (limits: PluginLimits, block: Part, blocks: number): Uint8Array<ArrayBuffer> => {
  // As many locals as possible that still leave space for a hundred blocks.
  const locals = Math.min(limits.functionLocals, Math.floor(limits.functionCompileCost / (100 * blocks) - 1));
  return functionModule(locals, repeat(most(limits, block, blocks * (locals + 1)), block));
};

const operands = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const height = Math.floor(limits.functionBytes / 10);
  const ifs = most(limits, IF, height + 1, height * 3);
  return functionModule(0, join([repeat(height, ZERO), repeat(ifs, IF), repeat(height, [DROP])]));
};

/** Calls a function that takes and returns as many values as a type may have. */
const wideCalls = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const wide = [0x60, 64, ...Array<number>(64).fill(I32), 64, ...Array<number>(64).fill(I32)];
  const calls = most(limits, [0x10, 1], 64 / 16 + 12 * 118, 64 * 3);
  return buildModule({
    types: list([NOTHING, wide]),
    functions: list([[0], [1]]),
    exports: list([join([name('run'), [0, 0]])]),
    code: list([
      body(
        0,
        join([[0x41, 0, 0x04, 0x40], repeat(64, ZERO), repeat(calls, [0x10, 1]), repeat(64, [DROP]), [0x0b]]),
      ),
      body(0, join(Array.from({ length: 64 }, (_, i) => [0x20, i]))),
    ]),
  });
};

/** Blocks that take and return as many values as a type may have. */
const wideBlocks = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const wide = [0x60, 64, ...Array<number>(64).fill(I32), 64, ...Array<number>(64).fill(I32)];
  const block = [0x41, 0, 0x04, 1, 0x05, 0x0b];
  const blocks = most(limits, block, 2 * 65 + 118 / 2, 64 * 3);
  return functionModule(0, join([repeat(64, ZERO), repeat(blocks, block), repeat(64, [DROP])]), [wide]);
};

/** Branches that carry as many values as a type may have. */
const wideBranches = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const wide = [0x60, 64, ...Array<number>(64).fill(I32), 64, ...Array<number>(64).fill(I32)];
  const branch = [0x41, 0, 0x0d, 0];
  const branches = most(limits, branch, 66 / 16, 64 * 3 + 16);
  return functionModule(
    0,
    join([repeat(64, ZERO), [0x02, 1], repeat(branches, branch), [0x0b], repeat(64, [DROP])]),
    [wide],
  );
};

const branchTables = (limits: PluginLimits, values: number): Uint8Array<ArrayBuffer> => {
  const { functionBranchTargets, functionBytes, functionCompileCost } = limits;
  const wide = [0x60, 0, values, ...Array<number>(values).fill(I32)];
  const byCost = Math.floor((functionCompileCost * 16) / Math.max(1, values)) - 100;
  const targets = Math.max(1, Math.min(functionBranchTargets, functionBytes - 1_000, byCost));
  const ofOne = 60_000; // engines allow 65,520
  const tables: Part[] = [];
  for (let left = targets; left > 1; left -= ofOne) {
    const count = Math.min(left, ofOne) - 1;
    tables.push(
      join([
        [0x02, 1],
        repeat(values, ZERO),
        ZERO,
        [0x0e],
        leb(count),
        new Uint8Array(count + 1),
        [0x0b],
        repeat(values, [DROP]),
      ]),
    );
  }
  return functionModule(0, join(tables), [wide]);
};

const nesting = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const levels = Math.min(limits.functionDepth, Math.floor(limits.functionBytes / 4));
  return functionModule(0, join([repeat(levels, [0x02, 0x40]), repeat(levels, [0x0b])]));
};

/** Branches from the innermost block to the outermost. */
const farBranches = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const levels = Math.min(limits.functionDepth, Math.floor(limits.functionBytes / 8));
  const branch = [0x41, 0, 0x0d, ...leb(levels - 1)];
  const branches = Math.floor((limits.functionBytes - 4 * levels - 16) / branch.length);
  return functionModule(
    0,
    join([repeat(levels, [0x02, 0x40]), repeat(branches, branch), repeat(levels, [0x0b])]),
  );
};

const GET = [0x20, 0];

/** One function that is full of some instructions. Its first call jumps over them. */
const oneOf = (limits: PluginLimits, instructions: Part): Uint8Array<ArrayBuffer> => {
  const code = repeat(most(limits, instructions, 4), instructions);
  return buildModule({
    types: list([NOTHING]),
    functions: list([[0]]),
    tables: [1, 0x70, 0, 1],
    exports: list([join([name('run'), [0, 0]])]),
    code: list([body(1, join([[0x41, 1, 0x04, 0x40, 0x0f, 0x0b], code]))]),
  });
};

/** Fills the module with functions that have the same body. */
const manyFunctions = (limits: PluginLimits, code: Part): Uint8Array<ArrayBuffer> => {
  const one = body(0, code);
  const count = Math.min(limits.moduleFunctions, Math.floor((limits.moduleBytes - 200) / (one.length + 1)));
  return buildModule({
    types: list([NOTHING]),
    functions: join([leb(count), new Uint8Array(count)]),
    memories: [1, 0, 1],
    code: join([leb(count), repeat(count, one)]),
  });
};

/** As few functions as possible that fill the module with one instruction. */
const fullOf = (limits: PluginLimits, instruction: Part): Uint8Array<ArrayBuffer> =>
  manyFunctions(
    limits,
    repeat(
      Math.floor((Math.min(limits.functionBytes, limits.moduleBytes - 300) - 16) / instruction.length),
      instruction,
    ),
  );

/** Exports as many functions of different types as possible, with long names that differ only at their ends. */
const manyExports = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const types = Math.min(mostTypes(limits, 1 + 8 / 4, 60), 10_000);
  const long = 'x'.repeat(Math.floor(limits.moduleBytes / 10_000) - 60);
  return buildModule({
    types: list(differentTypes(types, 8)),
    functions: list(Array.from({ length: 10_000 }, (_, i) => leb(i % types))),
    exports: list(Array.from({ length: 10_000 }, (_, i) => join([name(`${long}${i}`), [0], leb(i)]))),
    code: list(Array.from({ length: 10_000 }, () => body(0, []))),
  });
};

/** Fills the module with globals whose constants have as many operands as possible. Node 20 does not support such constants. */
const longConstants = ({ moduleBytes }: PluginLimits): Uint8Array<ArrayBuffer> => {
  const ADD = 0x6a;
  const one = join([[I32, 0], repeat(500, ZERO), repeat(499, [ADD]), [0x0b]]);
  const count = Math.min(10_000, Math.floor((moduleBytes - 100) / one.length));
  return buildModule({ globals: join([leb(count), repeat(count, one)]) });
};

const globals = (): Uint8Array<ArrayBuffer> =>
  buildModule({ globals: list(Array.from({ length: 10_000 }, () => [I32, 1, 0x41, 0, 0x0b])) });

const dataSegments = (): Uint8Array<ArrayBuffer> =>
  buildModule({
    memories: [1, 0, 1],
    data: list(Array.from({ length: 100_000 }, () => [0, 0x41, 0, 0x0b, 1, 1])),
  });

const elements = (limits: PluginLimits): Uint8Array<ArrayBuffer> => {
  const size = Math.min(limits.tableElements, 100_000);
  const segments = Math.floor(100_000 / size);
  const entries = join([leb(size), new Uint8Array(size)]);
  return buildModule({
    types: list([NOTHING]),
    functions: list([[0]]),
    tables: join([[1, 0x70, 0], leb(size)]),
    elements: list(Array.from({ length: segments }, () => join([[0, 0x41, 0, 0x0b], entries]))),
    code: list([body(0, [])]),
  });
};

const customSections = ({ moduleBytes }: PluginLimits, count: number): Uint8Array<ArrayBuffer> =>
  buildModule(
    {},
    Array.from({ length: count }, () =>
      join([name('x'), new Uint8Array(Math.floor(moduleBytes / count) - 20)]),
    ),
  );

/** A name section with as many names as fit. Metering drops it, and validation reads it. */
const names = ({ moduleBytes }: PluginLimits): Uint8Array<ArrayBuffer> => {
  const count = Math.floor((moduleBytes - 100) / 5);
  const map = join([leb(count), repeat(count, [0, 1, 0x61])]);
  return buildModule({}, [join([name('name'), [1], leb(map.length), map])]);
};

const LOOP: Part = [0x03, 0x40, 0x0b];
const REPEATING_LOOP: Part = [0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b];

/** All known module bombs, each the worst of its kind. */
export const BOMBS: readonly Bomb[] = [
  {
    title: 'different types',
    build: (limits) => buildModule({ types: list(differentTypes(mostTypes(limits, 1 + 9 / 4, 60), 8)) }),
  },
  {
    title: 'different types of 64 parameters',
    build: (limits) => buildModule({ types: list(differentTypes(mostTypes(limits, 17, 115), 64)) }),
  },
  {
    title: 'the same type',
    build: ({ typeComparisons }) => {
      const count = Math.floor(typeComparisons / 51);
      return buildModule({ types: join([leb(count), repeat(count, NOTHING)]) });
    },
  },
  { title: 'locals under `if`s', build: (limits) => blocksOverLocals(limits, IF, 1) },
  { title: 'locals under `if`s with `else`', build: (limits) => blocksOverLocals(limits, IF_ELSE, 2) },
  { title: 'locals under loops', build: (limits) => blocksOverLocals(limits, REPEATING_LOOP, 4.1) },
  { title: 'operands under `if`s', build: operands },
  { title: 'calls of 64 values', build: wideCalls },
  { title: 'blocks of 64 values', build: wideBlocks },
  { title: 'branches of 64 values', build: wideBranches },
  { title: '`br_table` of one value', build: (limits) => branchTables(limits, 1) },
  { title: '`br_table` of 64 values', build: (limits) => branchTables(limits, 64) },
  { title: 'nested blocks', build: nesting },
  { title: 'branches out of nested blocks', build: farBranches },
  { title: 'one function of `if`s', build: (limits) => functionModule(0, repeat(most(limits, IF, 1), IF)) },
  { title: 'one function of loops', build: (limits) => oneOf(limits, [0x03, 0x40, ...GET, 0x0d, 0, 0x0b]) },
  { title: 'one function of indirect calls', build: (limits) => oneOf(limits, [...GET, 0x11, 0, 0]) },
  {
    title: 'one function of saturating conversions',
    build: (limits) => oneOf(limits, [0x43, 0, 0, 0, 0, 0xfc, 4, DROP]),
  },
  { title: 'empty functions', build: (limits) => manyFunctions(limits, []) },
  { title: 'functions of calls', build: (limits) => manyFunctions(limits, repeat(80, [0x10, 0])) },
  { title: 'a module full of `nop`', build: (limits) => fullOf(limits, [0x01]) },
  { title: 'a module full of loops', build: (limits) => fullOf(limits, LOOP) },
  { title: 'a module full of loops that repeat', build: (limits) => fullOf(limits, REPEATING_LOOP) },
  { title: 'a module full of `memory.grow`', build: (limits) => fullOf(limits, [0x41, 0, 0x40, 0, DROP]) },
  { title: 'exports with long names', build: manyExports },
  { title: 'globals of long constants', build: longConstants },
  { title: 'globals', build: globals },
  { title: 'data segments', build: dataSegments },
  { title: 'element segments', build: elements },
  { title: 'one custom section', build: (limits) => customSections(limits, 1) },
  { title: 'custom sections', build: (limits) => customSections(limits, 9_900) },
  { title: 'a name section', build: names },
];
