import { PlugwireUsageError, showType } from '@plugwire/wire';

/** The largest value of `typeComparisons`. At this value, the limit has no effect. */
export const MOST_COMPARISONS = 100_000_000;

/** Limits of one call. A limit of a function overrides that of the plugin, which overrides that of the host. */
export interface CallLimits {
  /** Wall time of one call in milliseconds: validating the request, running the guest, and reading its answer. */
  readonly deadlineMs: number;
  /** How much the call may compute, in units of the weight table (about one per instruction). The same on every machine. */
  readonly fuel: number;
  /** Size of the request in bytes of JSON. */
  readonly requestBytes: number;
  /** Size of the output in bytes. */
  readonly outputBytes: number;
  /** Objects, arrays and keys in one output, or in one argument of a host function. */
  readonly outputNodes: number;
}

/** Limits of one plugin. */
export interface PluginLimits extends CallLimits {
  /** Size of the module in bytes. */
  readonly moduleBytes: number;
  /** Functions of the module, including imported ones. */
  readonly moduleFunctions: number;
  /** Comparisons of function types that the engine may need for the module: about half the square of their number. */
  readonly typeComparisons: number;
  /** Size of the largest function body in bytes. The engine compiles a function in one step. */
  readonly functionBytes: number;
  /** Parameters and locals of one function. */
  readonly functionLocals: number;
  /** Levels of nested blocks in one function. */
  readonly functionDepth: number;
  /** `br_table` targets in one function, defaults included. */
  readonly functionBranchTargets: number;
  /**
   * Cost of compiling one function: the sum of its locals and operands over its blocks. A branch or a call counts as 1/16 of a block, a
   * loop as 4 blocks.
   */
  readonly functionCompileCost: number;
  /** Size of the guest's linear memory in bytes. A module that starts with more is refused; `memory.grow` beyond it returns -1. */
  readonly memoryBytes: number;
  /** Elements of all tables of the guest. */
  readonly tableElements: number;
  /** Wall time of start functions and initialisers in milliseconds, for each new instance. */
  readonly initialisationMs: number;
  /** Fuel of start functions and initialisers. */
  readonly initialisationFuel: number;
  /** Bytes that one call may allocate in the kernel: input, output and all other data passed between guest and host. */
  readonly kernelMemoryBytes: number;
  /** Bytes of Extism variables in an instance, keys and values together. */
  readonly variableBytes: number;
  /** Bytes of the plugin's store, keys and values together (capability `storage`). */
  readonly storageBytes: number;
  /** Counters that the plugin may have (capability `metrics`). Further counters are ignored. */
  readonly metricSeries: number;
  /** Log lines per second (capability `log`). Further lines are only counted. */
  readonly logLinesPerSecond: number;
  /** Calls of a plugin in a separate process that may run at the same time. Calls of a module run one after another. */
  readonly concurrentCalls: number;
}

/** Limits as a caller passes them. Missing limits come from the level above. */
export interface LimitOptions extends Partial<PluginLimits> {
  /** Limits of single functions, by function name. */
  readonly functions?: Readonly<Record<string, Partial<CallLimits>>>;
}

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * Every limit with its default, its largest value and its meaning.
 *
 * The default of `fuel` is more than a guest can use within the default deadline, so the deadline applies first. `functionBytes` and
 * `functionCompileCost` limit what a first call compiles. `outputNodes` keeps an output of 1 MiB below twenty times its size after parsing:
 * each node takes up to 170 bytes (docs/limits.md). The other defaults leave room for what real plugins were seen to need, and let a
 * thousand plugins fit into one process. The largest values only catch mistakes.
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

/** The limits of one plugin, complete. */
export interface ResolvedLimits extends PluginLimits {
  /** Returns the limits of a call to a function. */
  forFunction(name: string): CallLimits;
}

/**
 * Merges limits over the defaults. Later limits override earlier ones.
 *
 * Throws `PlugwireUsageError` `bad_limit` for an unknown name or a value that is not a whole number from 1 to its maximum.
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

/** Shows a number, or the type of any other value, so that "5" does not look like 5. */
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
