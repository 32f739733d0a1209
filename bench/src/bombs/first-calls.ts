import { body, buildModule, join, leb, list, name, NOTHING, type Part } from './build-module.ts';

/** The number of functions that a call enters, each once. */
const FUNCTIONS = 60_000;
/** The default number of elements of a table. */
const TABLE = 10_000;

/** Bodies that run quickly, compile slowly for their size, or both. */
const TINY: Readonly<Record<string, Part>> = {
  'do nothing': [],
  'have an `if`': [0x41, 0, 0x04, 0x40, 0x0b],
  'convert ten numbers': Array.from({ length: 10 }, () => [0x43, 0, 0, 0, 0, 0xfc, 4, 0x1a]).flat(),
};

const call = (index: number): Part => [0x10, ...leb(index)];

/** Adds functions that call those of `level`, `width` each. Returns their indexes. */
const addCallers = (codes: Part[], level: readonly number[], width: number): number[] => {
  const callers: number[] = [];
  for (let at = 0; at < level.length; at += width) {
    callers.push(codes.length);
    codes.push(body(0, join(level.slice(at, at + width).map(call))));
  }
  return callers;
};

const moduleOf = (codes: readonly Part[], run: number, more: { tables?: Part; elements?: Part } = {}) =>
  buildModule({
    types: list([NOTHING]),
    functions: join([leb(codes.length), new Uint8Array(codes.length)]),
    exports: list([join([name('run'), [0], leb(run)])]),
    code: list(codes),
    ...more,
  });

const numbers = Array.from({ length: FUNCTIONS }, (_, i) => i);
const tiny = (code: Part): Part[] => numbers.map(() => body(0, code));

/** Calls them as a tree: each function calls `width` others. */
const byTree = (code: Part, width: number) => {
  const codes = tiny(code);
  let level = numbers;
  while (level.length > 1) level = addCallers(codes, level, width);
  return moduleOf(codes, level[0] as number);
};

/** Each function calls the next one as a tail call. */
const byTailCalls = (code: Part) =>
  moduleOf(
    numbers.map((i) => body(0, join([code, i + 1 < FUNCTIONS ? [0x12, ...leb(i + 1)] : []]))),
    0,
  );

/** Fills a table, calls all of its functions, and repeats until all functions were called. */
const byTable = (code: Part) => {
  const segments = Array.from({ length: FUNCTIONS / TABLE }, (_, segment) =>
    numbers.slice(segment * TABLE, (segment + 1) * TABLE),
  );
  const size = [0x41, 0x90, 0xce, 0]; // i32.const 10000
  const run = segments.flatMap((_, segment) => {
    const fill = [0x41, 0, 0x41, 0, ...size, 0xfc, 12, segment, 0]; // table.init
    const callAll = [0x41, 0, 0x21, 0, 0x03, 0x40, 0x20, 0, 0x11, 0, 0]; // i = 0; loop: call_indirect i
    const next = [0x20, 0, 0x41, 1, 0x6a, 0x22, 0, ...size, 0x49, 0x0d, 0, 0x0b]; // ++i < 10000
    return [...fill, ...callAll, ...next];
  });
  return moduleOf([...tiny(code), body(1, run)], FUNCTIONS, {
    tables: [1, 0x70, 0, ...leb(TABLE)],
    elements: list(segments.map((segment) => join([[1, 0], list(segment.map(leb))]))),
  });
};

const ROUTES = {
  'called by sixty': (code: Part) => byTree(code, 1_000),
  'called by small functions': (code: Part) => byTree(code, 8),
  'called in the tail': byTailCalls,
  'called through a table': byTable,
} as const;

/** Modules whose `run` enters 60,000 functions, each once, in every possible way. Each has a title. */
export const FIRST_CALLS = Object.entries(ROUTES).flatMap(([route, build]) =>
  Object.entries(TINY).map(([kind, code]) => ({
    title: `functions that ${kind}, ${route}`,
    build: () => build(code),
  })),
);
