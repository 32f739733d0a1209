/** What one plugin counts by `cc_lb_metric_incr`, in plain numbers, read at a scrape. */
export interface GuestMetrics {
  /** Adds to a counter of the plugin's; a name beyond the allowed number is counted as dropped. */
  add(name: string, value: number): void;
  readonly counters: ReadonlyMap<string, number>;
  /** How many times `add` was called for a name that was one too many. */
  dropped(): number;
}

/** What Prometheus takes as a name, without the colons, which it keeps for rules; at most 64 characters. */
const METRIC_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const NAME_LENGTH = 64;

/** Whether a plugin may call a counter so. */
export const isMetricName = (name: string): boolean => name.length <= NAME_LENGTH && METRIC_NAME.test(name);

/** Creates the counters of one plugin: at most `mostSeries`, so that no request can fill a Prometheus. */
export const createGuestMetrics = (mostSeries: number): GuestMetrics => {
  const counters = new Map<string, number>();
  let dropped = 0;
  return {
    add: (name, value) => {
      const present = counters.get(name);
      if (present === undefined && counters.size >= mostSeries) dropped += 1;
      else counters.set(name, (present ?? 0) + value);
    },
    counters,
    dropped: () => dropped,
  };
};
