/**
 * Everything that a run of the bench can find out: what is written as JSON, and what tables and pictures are made from. All
 * times are medians unless their name says otherwise.
 *
 * @module
 */

/** The groups of measurements, in the order of the report. */
export const GROUPS = ['dispatch', 'worker', 'loading', 'plugins', 'metering', 'balancer'] as const;
export type Group = (typeof GROUPS)[number];

/** Who is measured in a dispatch, and how tables call it. */
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
export type SubjectName = keyof typeof SUBJECTS;

/** What a run was made on. */
export interface Machine {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** ISO day. */
  readonly date: string;
  /** False for `--quick`, whose figures nobody should quote. */
  readonly full: boolean;
  /** What else a reader of the figures has to know. */
  readonly note?: string;
}

/** One contract on one guest with one payload: all of its subjects, measured in turns. */
export interface DispatchResult {
  readonly contract: string;
  readonly guest: string;
  /** Bytes that were asked for; the request's JSON has about as many. */
  readonly payload: number;
  readonly times: Readonly<Partial<Record<SubjectName, SubjectTime>>>;
}

/** Times of one subject. */
interface SubjectTime {
  readonly medianUs: number;
  readonly p99Us: number;
  /** One for each round: rounds of subjects that were measured together belong together, and are compared so. */
  readonly roundsUs: readonly number[];
}

/** How far Extism's worker mode runs. */
export interface WorkerResult {
  /** The first call that failed; absent if all succeeded. */
  readonly failedAt?: number;
  readonly calls: number;
  readonly firstUs: number;
  /** Of the last tenth before the end. */
  readonly lastUs: number;
}

/** Ways to make a plugin ready. */
export const LOADS = {
  ours: 'Plugwire, host.load, new bytes',
  oursAgain: 'Plugwire, host.load, bytes that are already loaded',
  extism: 'Extism, createPlugin, new bytes',
  extismCompiled: 'Extism, createPlugin, a compiled module',
} as const;
export type LoadName = keyof typeof LOADS;

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

/** One real module, metered against itself. */
export interface MeteringResult {
  readonly module: string;
  /** Of all of its WebAssembly. */
  readonly bytes: number;
  readonly originalUs: number;
  readonly meteredUs: number;
  /** To scan, validate and rewrite it. */
  readonly rewriteMs: number;
}

/** The load balancer end to end. */
export interface BalancerResult {
  readonly plugins: string;
  readonly requestsPerSecond: number;
  /** Of the throughput that the balancer without plugins had in the same round; the median over rounds. */
  readonly shareOfNone: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** What each group finds. */
export interface GroupResults {
  readonly dispatch: readonly DispatchResult[];
  readonly worker: WorkerResult;
  readonly loading: readonly LoadingResult[];
  readonly plugins: PluginsResult;
  readonly metering: readonly MeteringResult[];
  readonly balancer: readonly BalancerResult[];
}

/** One run: the groups that were asked for. */
export interface Results extends Partial<GroupResults> {
  readonly machine: Machine;
}
