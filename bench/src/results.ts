/**
 * The results of a run: the JSON that is written, and the source of tables and pictures. All times are medians unless their name says
 * otherwise.
 *
 * @module
 */

/** The groups of measurements, in the order of the report. */
export const GROUPS = ['dispatch', 'worker', 'loading', 'plugins', 'metering', 'balancer'] as const;
/** One of {@link GROUPS}. */
export type Group = (typeof GROUPS)[number];

/** The subjects of a dispatch, with their names in tables. */
export const SUBJECTS = {
  function: 'a plain JavaScript function, the upper limit',
  floor: 'the floor: JSON, zod and one copy, no plugin',
  sync: 'Plugwire, dispatchSync',
  async: 'Plugwire, dispatch',
  unmetered: 'Plugwire without metering, for comparison only',
  extism: '@extism/extism, foreground, JSON and zod',
  piscina: 'piscina, Plugwire’s sandbox in a worker, JSON and zod',
  extismWorker: '@extism/extism, worker mode, JSON and zod',
  grpc: 'gRPC over a unix socket, JSON and zod',
} as const;
/** A key of {@link SUBJECTS}. */
export type SubjectName = keyof typeof SUBJECTS;

/** The environment of a run. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** The day, as ISO 8601. */
  readonly date: string;
  /** False for `--quick`. Do not quote its figures. */
  readonly full: boolean;
  /** Other information that readers of the figures need. */
  readonly note?: string;
}

/** One contract with one guest and one payload. All of its subjects are measured in alternating rounds. */
export interface DispatchResult {
  readonly contract: string;
  readonly guest: string;
  /** The requested size in bytes. The request's JSON has about this size. */
  readonly payload: number;
  readonly times: Readonly<Partial<Record<SubjectName, SubjectTime>>>;
}

/** The times of one subject. */
interface SubjectTime {
  readonly medianUs: number;
  readonly p99Us: number;
  /** The time of each round. Compare rounds of subjects that were measured together by their index. */
  readonly roundsUs: readonly number[];
}

/** How many calls Extism's worker mode can run. */
export interface WorkerResult {
  /** The number of the first call that failed; absent if all succeeded. */
  readonly failedAt?: number;
  readonly calls: number;
  readonly firstUs: number;
  /** The time of the last tenth before the end. */
  readonly lastUs: number;
}

/** Ways to prepare a plugin. */
export const LOADS = {
  ours: 'Plugwire, host.load, new bytes',
  oursAgain: 'Plugwire, host.load, bytes that are already loaded',
  extism: 'Extism, createPlugin, new bytes',
  extismCompiled: 'Extism, createPlugin, a compiled module',
} as const;
/** A key of {@link LOADS}. */
export type LoadName = keyof typeof LOADS;

/** The times to prepare one plugin, in each way. */
export interface LoadingResult {
  readonly plugin: string;
  readonly bytes: number;
  readonly times: Readonly<Record<LoadName, SubjectTime>>;
}

/** Many plugins in one process. */
export interface PluginsResult {
  readonly plugins: number;
  readonly moduleBytes: number;
  readonly residentBytesEach: number;
  readonly msEach: number;
}

/** One real module, metered and original. */
export interface MeteringResult {
  readonly module: string;
  /** The size of all of its WebAssembly. */
  readonly bytes: number;
  readonly originalUs: number;
  readonly meteredUs: number;
  /** The time to scan, validate and rewrite it. */
  readonly rewriteMs: number;
}

/** The load balancer, end to end. */
export interface BalancerResult {
  readonly plugins: string;
  readonly requestsPerSecond: number;
  /** The throughput as a share of the balancer's without plugins in the same round; the median over rounds. */
  readonly shareOfNone: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** The result of each group. */
export interface GroupResults {
  readonly dispatch: readonly DispatchResult[];
  readonly worker: WorkerResult;
  readonly loading: readonly LoadingResult[];
  readonly plugins: PluginsResult;
  readonly metering: readonly MeteringResult[];
  readonly balancer: readonly BalancerResult[];
}

/** One run, with the groups that were requested. */
export interface Results extends Partial<GroupResults> {
  readonly machine: Machine;
}
