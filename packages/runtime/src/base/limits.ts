import { PlugwireUsageError, showType } from '@plugwire/wire';

/** The most comparisons of types that an operator may allow. Beyond it, nobody counts. */
export const MOST_COMPARISONS = 100_000_000;

/** What one call may take. Function over plugin over host. */
export interface CallLimits {
  /** How long a call may take, in milliseconds of wall time: the request's check, the guest, and reading its answer. */
  readonly deadlineMs: number;
  /** How much it may compute, in units of the weight table (about one per instruction): the same on every machine. */
  readonly fuel: number;
  /** The longest request, in bytes of JSON. */
  readonly requestBytes: number;
  /** The longest output, in bytes. */
  readonly outputBytes: number;
  /** The most objects, arrays and keys in one output, or in one argument of a host function. */
  readonly outputNodes: number;
}

/** What a plugin may take. */
export interface PluginLimits extends CallLimits {
  /** The largest module, in bytes of its file. */
  readonly moduleBytes: number;
  /** Functions of a module, imported ones included. */
  readonly moduleFunctions: number;
  /** How often an engine may have to compare function types of a module: about half the square of their number. */
  readonly typeComparisons: number;
  /** The largest function body in it, in bytes: what the engine compiles in one go. */
  readonly functionBytes: number;
  /** Parameters and locals of one function. */
  readonly functionLocals: number;
  /** Levels of nested blocks in one function. */
  readonly functionDepth: number;
  /** `br_table` targets in one function, defaults included. */
  readonly functionBranchTargets: number;
  /**
   * What one function takes an engine to compile: the sum of its locals and operands over its blocks. A branch or a call counts for 1/16
   * of a block, a loop for 4.
   */
  readonly functionCompileCost: number;
  /** The guest's own linear memory: a module that starts above is refused, one that grows above gets -1. */
  readonly memoryBytes: number;
  /** Elements of the guest's tables. */
  readonly tableElements: number;
  /** How long start functions and initialisers may run when an instance is made, in milliseconds. */
  readonly initialisationMs: number;
  /** How much they may compute, in fuel. */
  readonly initialisationFuel: number;
  /** What one call may allocate in the kernel: input, output and everything that passes between guest and host. */
  readonly kernelMemoryBytes: number;
  /** What an instance may keep in Extism variables, keys and values together. */
  readonly variableBytes: number;
  /** What the plugin may keep in its store, keys and values together (capability `storage`). */
  readonly storageBytes: number;
  /** How many counters it may have (capability `metrics`); a further one is not counted. */
  readonly metricSeries: number;
  /** How many lines it may write to the log in a second (capability `log`); the rest is counted. */
  readonly logLinesPerSecond: number;
  /** How many calls of a plugin in a process of its own may run at a time. Calls of a module run one after another. */
  readonly concurrentCalls: number;
}

/** Limits as a caller gives them: what is left out comes from the level above. */
export interface LimitOptions extends Partial<PluginLimits> {
  /** By function name, for single functions. */
  readonly functions?: Readonly<Record<string, Partial<CallLimits>>>;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every limit: its default, the largest value that makes sense, and its meaning, in one table.
 *
 * `fuel` is above what any guest can use in the default deadline, so that the deadline decides; `functionBytes` and
 * `functionCompileCost` bound what a first call compiles; `outputNodes` is what keeps an output of a MiB from taking more
 * than twenty times its size once it is parsed: up to 170 bytes each (docs/limits.md). The other defaults are choices: room for what real plugins
 * were seen to need, and little enough that a thousand plugins fit into one process. The largest values only catch slips.
 */
export const LIMITS = {
  deadlineMs: {
    default: 50,
    max: 60_000,
    unit: 'milliseconds of one call, with checking its request and reading its answer',
  },
  fuel: { default: 4_000_000_000, max: 1_000_000_000_000, unit: 'units of fuel of one call' },
  requestBytes: { default: MIB, max: 256 * MIB, unit: 'bytes of JSON in one request' },
  outputBytes: { default: MIB, max: 256 * MIB, unit: 'bytes in one output' },
  outputNodes: {
    default: 64 * KIB,
    max: 16 * MIB,
    unit: 'objects, arrays and keys in one output, or in one argument of a host function',
  },
  moduleBytes: { default: 16 * MIB, max: 256 * MIB, unit: 'bytes of a module’s file' },
  moduleFunctions: {
    default: 100_000,
    max: 200_000,
    unit: 'functions of a module, imported ones included',
  },
  typeComparisons: {
    default: 5_000_000,
    max: MOST_COMPARISONS,
    unit: 'comparisons among the function types of a module',
  },
  functionBytes: { default: 256 * KIB, max: MIB, unit: 'bytes of one function’s body' },
  functionLocals: { default: 10_000, max: 49_999, unit: 'parameters and locals of one function' },
  functionDepth: { default: 5_000, max: 50_000, unit: 'levels of nested blocks in one function' },
  functionBranchTargets: {
    default: 20_000,
    max: 200_000,
    unit: '`br_table` targets in one function, defaults included',
  },
  functionCompileCost: {
    default: 5_000_000,
    max: 25_000_000,
    unit: 'locals and operands of one function, summed over its blocks',
  },
  memoryBytes: {
    default: 32 * MIB,
    max: 1024 * MIB,
    unit: 'bytes of a guest’s own memory, for each of its modules',
  },
  tableElements: {
    default: 10_000,
    max: 1_000_000,
    unit: 'elements of a guest’s tables, for each of its modules',
  },
  initialisationMs: { default: 1_000, max: 60_000, unit: 'milliseconds of initialisation' },
  initialisationFuel: {
    default: 1_000_000_000,
    max: 1_000_000_000_000,
    unit: 'units of fuel of initialisation',
  },
  kernelMemoryBytes: {
    default: 16 * MIB,
    max: 256 * MIB,
    unit: 'bytes that one call may allocate in the kernel',
  },
  variableBytes: {
    default: MIB,
    max: 1024 * MIB,
    unit: 'bytes of Extism variables, keys and values, per instance',
  },
  storageBytes: {
    default: MIB,
    max: 1024 * MIB,
    unit: 'bytes of a plugin’s store: `<plugin>:<key>` and value of each entry',
  },
  metricSeries: { default: 100, max: 10_000, unit: 'counters of a plugin’s own' },
  logLinesPerSecond: { default: 100, max: 1_000_000, unit: 'log lines of a plugin in one second' },
  concurrentCalls: { default: 100, max: 100_000, unit: 'calls of a plugin in a process, at a time' },
} as const satisfies Record<keyof PluginLimits, { default: number; max: number; unit: string }>;

const LIMIT_NAMES = Object.keys(LIMITS) as (keyof PluginLimits)[];
const CALL_LIMIT_NAMES = [
  'deadlineMs',
  'fuel',
  'requestBytes',
  'outputBytes',
  'outputNodes',
] as const satisfies (keyof CallLimits)[];

/** The limits of one plugin, with everything filled in. */
export interface ResolvedLimits extends PluginLimits {
  /** The limits of a call to a function. */
  forFunction(name: string): CallLimits;
}

/**
 * Lays limits over each other, the later ones over the earlier, over the defaults.
 *
 * Throws `PlugwireUsageError` `bad_limit` for an unknown name or a value that is no whole number from 1 to its maximum.
 */
export const resolveLimits = (...layers: readonly (LimitOptions | undefined)[]): ResolvedLimits => {
  const limits = Object.fromEntries(LIMIT_NAMES.map((name) => [name, LIMITS[name].default])) as Record<
    keyof PluginLimits,
    number
  >;
  const functions = new Map<string, Partial<CallLimits>>();
  for (const layer of layers) {
    if (layer === undefined) continue;
    const { functions: perFunction, ...own } = checkObject(layer, 'limits');
    Object.assign(limits, checkLimits(own, LIMIT_NAMES, 'limits'));
    for (const [name, values] of Object.entries(perFunction ?? {})) {
      const where = `limits.functions.${name}`;
      functions.set(name, {
        ...functions.get(name),
        ...checkLimits(checkObject(values, where), CALL_LIMIT_NAMES, where),
      });
    }
  }
  return { ...limits, forFunction: (name) => ({ ...limits, ...functions.get(name) }) };
};

const checkObject = <Value>(value: Value, where: string): Value => {
  if (typeof value === 'object' && value !== null) return value;
  throw new PlugwireUsageError(
    'bad_limit',
    `${where} is ${showType(value)}: expected limits by name, such as { requestBytes: 65536 }.`,
  );
};

/** Numbers as they are; of anything else its type, so that "5" does not look like 5. */
const showValue = (value: unknown): string => (typeof value === 'number' ? String(value) : showType(value));

const checkLimits = (values: object, names: readonly string[], where: string): Record<string, number> => {
  const given: Record<string, number> = {};
  for (const [name, value] of Object.entries(values) as [string, number | undefined][]) {
    if (value === undefined) continue;
    if (!names.includes(name)) {
      throw new PlugwireUsageError(
        'bad_limit',
        `${where} has no limit "${name}": expected one of ${names.join(', ')}.`,
      );
    }
    const { max, unit } = LIMITS[name as keyof PluginLimits];
    if (!Number.isInteger(value) || value < 1 || value > max) {
      throw new PlugwireUsageError(
        'bad_limit',
        `${where}.${name} is ${showValue(value)}: expected a whole number from 1 to ${max} (${unit}).`,
      );
    }
    given[name] = value;
  }
  return given;
};
