import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

import { plainMessage } from '../base/failure.ts';
import type { Progress } from '../output/progress.ts';
import { callFunction } from '../plugin/call-function.ts';
import type { OpenedPlugin, ServedFunction } from '../plugin/open-plugin.ts';
import { BENCH_VERSION, type BenchResult } from './bench-result.ts';
import { createSampleSeries, type SampleSeries } from './sample-series.ts';

/** One plugin to measure. */
export interface BenchSubject {
  readonly file: string;
  readonly opened: OpenedPlugin;
}

/** How much is measured. */
export interface BenchSettings {
  /** Calls of each function. */
  readonly calls: number;
  /** The longest time to measure one function, in seconds. */
  readonly seconds: number;
  /** Returns the request for a function, in the format of the wire. */
  requestOf(served: ServedFunction): object;
  /** Whether to measure a function. */
  isWanted(name: string): boolean;
}

/** Calls before the measurement, so that the engine has compiled and optimised the code. */
const WARM_UP_CALLS = 300;
/** Calls of one plugin before the other one’s turn. Short turns make disturbances of the machine affect both. */
const CALLS_IN_TURN = 50;

/**
 * Measures the functions of one plugin, or of two plugins in turns. A function that fails its request is listed as skipped.
 */
export const benchPlugins = async (
  subjects: readonly BenchSubject[],
  settings: BenchSettings,
  progress: Progress,
): Promise<readonly BenchResult[]> => {
  const results = subjects.map(emptyResult);
  const names = new Set(subjects.flatMap(({ opened }) => opened.functions.map(({ name }) => name)));
  const wanted = [...names].filter(settings.isWanted);
  for (const [at, name] of wanted.entries()) {
    const runs = subjects.flatMap((subject, place) =>
      startRun(subject, name, settings, results[place] as Result),
    );
    const endMs = performance.now() + 1000 * settings.seconds * runs.length;
    while (runs.some(({ series }) => series.calls < settings.calls) && performance.now() < endMs) {
      for (const run of runs) runTurn(run, settings.calls);
      progress.show(at + (runs[0]?.series.calls ?? 0) / settings.calls, wanted.length);
      await setImmediate();
    }
    for (const { series, served, result } of runs)
      result.functions.push(series.summarise(served.name, served.version));
  }
  return results;
};

type Result = BenchResult;

const emptyResult = ({ file, opened }: BenchSubject): Result => ({
  plugwire: 'bench',
  benchVersion: BENCH_VERSION,
  file,
  sha256: opened.plugin.sha256,
  node: process.version,
  functions: [],
  skipped: [],
});

interface Run {
  readonly opened: OpenedPlugin;
  readonly served: ServedFunction;
  readonly request: object;
  readonly series: SampleSeries;
  readonly result: Result;
}

/** Warms a function up. Returns `undefined` if the plugin does not serve it or fails the request. */
const startRun = (
  { opened }: BenchSubject,
  name: string,
  settings: BenchSettings,
  result: Result,
): readonly Run[] => {
  const served = opened.functions.find((each) => each.name === name);
  if (served === undefined) return [];
  const request = settings.requestOf(served);
  for (let calls = 0; calls < WARM_UP_CALLS; calls += 1) {
    const { error } = callFunction(opened.plugin, served, request);
    if (error === undefined) continue;
    const { stage, code, message } = error;
    result.skipped.push({ name, version: served.version, stage, code, message: plainMessage(message) });
    return [];
  }
  return [{ opened, served, request, series: createSampleSeries(settings.calls + CALLS_IN_TURN), result }];
};

const runTurn = ({ opened, served, request, series }: Run, most: number): void => {
  for (let calls = 0; calls < CALLS_IN_TURN && series.calls < most; calls += 1) {
    const { durationMs, fuel, memoryBytes } = callFunction(opened.plugin, served, request);
    series.add(durationMs, fuel, memoryBytes);
  }
};
