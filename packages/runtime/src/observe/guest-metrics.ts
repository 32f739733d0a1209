/** Where a plugin counts by `cc_lb_metric_incr`. */
export interface GuestMetrics {
  /** Adds to a counter of the plugin's; a name beyond the allowed number is counted as dropped. */
  add(name: string, value: number): void;
}

/** What the plugins of one slot have counted, in plain numbers, read at a scrape. */
export interface GuestCounters {
  readonly counters: ReadonlyMap<string, number>;
  /** How many times `add` was called for a name that was one too many. */
  dropped(): number;
  /** What a plugin counts with: it adds no counter where there are `mostSeries` already. */
  limitedTo(mostSeries: number): GuestMetrics;
}

const NAME_LENGTH = 64;

/**
 * A plugin's name for a counter as Prometheus takes it, without the colons, which it keeps for rules: at most 64 characters, each other
 * character an underscore, and one before a leading digit. Names that become the same count together.
 *
 * @example
 * toMetricName('cache.hits/v2'); // 'cache_hits_v2'
 */
export const toMetricName = (name: string): string => {
  const fit = name.slice(0, NAME_LENGTH).replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^[a-zA-Z_]/.test(fit) ? fit : `_${fit}`.slice(0, NAME_LENGTH);
};

/** Creates the counters of one slot. Each plugin has a limit, so that no request can fill a Prometheus. */
export const createGuestCounters = (): GuestCounters => {
  const counters = new Map<string, number>();
  let dropped = 0;
  return {
    counters,
    dropped: () => dropped,
    limitedTo: (mostSeries) => ({
      add: (name, value) => {
        const present = counters.get(name);
        if (present === undefined && counters.size >= mostSeries) dropped += 1;
        else counters.set(name, (present ?? 0) + value);
      },
    }),
  };
};
