import type { FunctionResult } from './bench-result.ts';

/** The samples of one function, in the order of its calls. */
export interface SampleSeries {
  readonly calls: number;
  add(durationMs: number, fuel: number, memoryBytes: number): void;
  /** Summarises the calls. At least one is required. */
  summarise(name: string, version: number): FunctionResult;
}

/** Creates a series for at most `most` calls. */
export const createSampleSeries = (most: number): SampleSeries => {
  const durationsUs = new Float64Array(most);
  const fuels = new Float64Array(most);
  let calls = 0;
  let memory = 0;
  return {
    get calls() {
      return calls;
    },
    add: (durationMs, fuel, memoryBytes) => {
      durationsUs[calls] = 1000 * durationMs;
      fuels[calls] = fuel;
      memory = memoryBytes;
      calls += 1;
    },
    summarise: (name, version) => {
      const times = durationsUs.slice(0, calls).toSorted();
      const quantilesUs = Array.from({ length: 101 }, (_, percent) => round(quantile(times, percent / 100)));
      const meanUs = round(times.reduce((sum, time) => sum + time, 0) / calls);
      const fuel = quantile(fuels.slice(0, calls).toSorted(), 0.5);
      return { name, version, calls, quantilesUs, meanUs, fuel, memoryBytes: memory };
    },
  };
};

/** A quantile by nearest rank: always a time that was measured. */
const quantile = (sorted: Float64Array, share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;

/** Rounds to nanoseconds, the resolution of the clock. */
const round = (us: number): number => Math.round(1000 * us) / 1000;
