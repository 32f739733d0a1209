import type { MetricSample } from './metric-family.ts';

/** Upper bounds in seconds, from 1 µs to 100 ms. A call takes a few microseconds, and deadlines are some tens of milliseconds. */
export const DURATION_BUCKETS = [
  1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2, 2.5e-2, 5e-2, 1e-1,
] as const;

/** A histogram of durations. */
export interface DurationHistogram {
  observe(seconds: number): void;
  samples(name: string, labels: Readonly<Record<string, string>>): MetricSample[];
}

/** Creates a histogram over {@link DURATION_BUCKETS}. */
export const createDurationHistogram = (): DurationHistogram => {
  const counts = new Float64Array(DURATION_BUCKETS.length);
  let sum = 0;
  let count = 0;
  return {
    observe: (seconds) => {
      sum += seconds;
      count += 1;
      for (let at = 0; at < DURATION_BUCKETS.length; at += 1) {
        if (seconds <= (DURATION_BUCKETS[at] as number)) {
          counts[at] = (counts[at] as number) + 1;
          return;
        }
      }
    },
    samples: (name, labels) => {
      let below = 0;
      const buckets = DURATION_BUCKETS.map((bound, at) => {
        below += counts[at] as number;
        return { metricName: `${name}_bucket`, labels: { ...labels, le: bound }, value: below };
      });
      return [
        ...buckets,
        { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: count },
        { metricName: `${name}_sum`, labels, value: sum },
        { metricName: `${name}_count`, labels, value: count },
      ];
    },
  };
};
