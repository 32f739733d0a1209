/** The counters that a plugin increments with `cc_lb_metric_incr`. */
export interface GuestMetrics {
  /** Adds to a counter. If the plugin already has the most counters, a new name is counted as dropped. */
  add(name: string, value: number): void;
}

/** The counters of all plugins of one slot. They are read at a scrape. */
export interface GuestCounters {
  readonly counters: ReadonlyMap<string, number>;
  /** Number of `add` calls that were dropped because there were too many counters. */
  dropped(): number;
  /** Returns the counters for one plugin. It can add a counter only if there are fewer than `mostSeries`. */
  limitedTo(mostSeries: number): GuestMetrics;
}

const NAME_LENGTH = 64;

/**
 * Converts a plugin's name for a counter to a valid Prometheus name of at most 64 characters. Invalid characters become underscores, and so
 * do colons, which Prometheus reserves for rules. A leading digit gets an underscore before it. Names that become equal share one counter.
 *
 * @example
 * toMetricName('cache.hits/v2'); // 'cache_hits_v2'
 */
export const toMetricName = (name: string): string => {
  const fit = name.slice(0, NAME_LENGTH).replaceAll(/[^a-zA-Z0-9_]/g, '_');
  return /^[a-zA-Z_]/.test(fit) ? fit : `_${fit}`.slice(0, NAME_LENGTH);
};

/** Creates the counters of one slot. Each plugin has a limit, so that requests cannot create unlimited series in Prometheus. */
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
