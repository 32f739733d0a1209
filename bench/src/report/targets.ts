import { geometricMean, quotientOf } from '../measure.ts';
import type { DispatchResult, Results, SubjectName } from '../results.ts';

/** A target of a run. `measure` returns `undefined` if its group was not run. */
export interface Target {
  readonly text: string;
  readonly sign: '≤' | '≥';
  readonly limit: number;
  readonly measure: (results: Results) => number | undefined;
}

/** The scenario in which all subjects are compared. */
export const MAIN_CONTRACT = 'shaped';
/** The guest of the main scenario, by its name in tables. */
export const MAIN_GUEST = 'eight bytes at a time';
/** The guest in AssemblyScript, by its name in tables. */
export const ASSEMBLYSCRIPT_GUEST = 'AssemblyScript';

/** The main scenario, with a payload. */
export const mainAt = ({ dispatch }: Results, payload: number): DispatchResult | undefined =>
  dispatch?.find(
    (row) => row.contract === MAIN_CONTRACT && row.guest === MAIN_GUEST && row.payload === payload,
  );

const quotient =
  (payload: number, over: SubjectName, under: SubjectName) =>
  (results: Results): number | undefined => {
    const times = mainAt(results, payload)?.times;
    return quotientOf(times?.[over], times?.[under]);
  };

const meanOf = (values: readonly (number | undefined)[] | undefined): number | undefined => {
  const known = values?.filter((value) => value !== undefined) ?? [];
  return known.length === 0 ? undefined : geometricMean(known);
};

/** All targets, in the order of the report. */
export const TARGETS: readonly Target[] = [
  ...[1024, 16 * 1024].map((payload): Target => ({
    text: `time of dispatchSync relative to the floor, ${payload / 1024} KB`,
    sign: '≤',
    limit: 0.95,
    measure: quotient(payload, 'sync', 'floor'),
  })),
  {
    text: 'times as fast as Extism, 1 KB',
    sign: '≥',
    limit: 4,
    measure: quotient(1024, 'extism', 'sync'),
  },
  {
    text: 'times as fast as Extism, 16 KB',
    sign: '≥',
    limit: 10,
    measure: quotient(16 * 1024, 'extism', 'sync'),
  },
  {
    text: 'times as fast as gRPC, 1 KB',
    sign: '≥',
    limit: 25,
    measure: quotient(1024, 'grpc', 'sync'),
  },
  {
    text: 'slow-down of a whole dispatch by metering, AssemblyScript plugin, mean over payloads',
    sign: '≤',
    limit: 1.1,
    measure: ({ dispatch }) =>
      meanOf(
        dispatch
          ?.filter(({ guest }) => guest === ASSEMBLYSCRIPT_GUEST)
          .map(({ times }) => quotientOf(times.sync, times.unmetered)),
      ),
  },
  {
    text: 'slow-down of real modules by metering, geometric mean',
    sign: '≤',
    limit: 1.25,
    measure: ({ metering }) => meanOf(metering?.map((row) => row.meteredUs / row.originalUs)),
  },
  {
    text: 'time of a load with handshake and self-check, relative to Extism’s createPlugin, slowest plugin',
    sign: '≤',
    limit: 6,
    measure: ({ loading }) =>
      loading === undefined
        ? undefined
        : Math.max(...loading.map(({ times }) => quotientOf(times.ours, times.extism) ?? Number.NaN)),
  },
  {
    text: 'throughput of the balancer with all plugins, relative to none',
    sign: '≥',
    limit: 0.75,
    measure: ({ balancer }) => balancer?.at(-1)?.shareOfNone,
  },
];
