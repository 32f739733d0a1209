/** Something to measure. It must do the same work every time. */
export interface Timed {
  readonly name: string;
  run(): unknown;
}

/** The times of one subject, in microseconds per run. */
export interface Timing {
  readonly name: string;
  /** The median of rounds. Each round is timed as a whole. */
  readonly medianUs: number;
  /** The fastest round. */
  readonly leastUs: number;
  /** The 99th percentile of single runs. Each run reads the clock once. */
  readonly p99Us: number;
  /** The time of each round. */
  readonly roundsUs: readonly number[];
}

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  readonly roundMs: number;
}

/** The efforts of a full run and of `--quick`. */
export const EFFORTS = {
  full: { rounds: 30, roundMs: 15 },
  quick: { rounds: 7, roundMs: 4 },
} as const satisfies Readonly<Record<string, Effort>>;

/** The number of single runs that are timed after each round, for the tail. */
const SINGLES = 30;

/**
 * Measures subjects in alternating short rounds, so that a machine that slows down affects all of them. A round is timed as a
 * whole, because reading the clock for each run would cost as much as some runs. `beforeRound` is not timed.
 */
export const measureInTurns = async (
  subjects: readonly Timed[],
  effort: Effort,
  beforeRound: () => void = () => undefined,
): Promise<Timing[]> => {
  const states: State[] = [];
  for (const subject of subjects) {
    states.push({ subject, batch: await warmUp(subject, effort), rounds: [], singles: [] });
  }
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const state of states) {
      beforeRound();
      await runRound(state, effort.roundMs);
    }
  }
  return states.map(({ subject, rounds, singles }) => ({
    name: subject.name,
    medianUs: quantile(rounds, 0.5),
    leastUs: Math.min(...rounds),
    p99Us: quantile(singles, 0.99),
    roundsUs: rounds,
  }));
};

interface State {
  readonly subject: Timed;
  /** The number of runs between two readings of the clock. */
  readonly batch: number;
  readonly rounds: number[];
  readonly singles: number[];
}

const MAX_BATCH = 256;
const WARM_UP_ROUNDS = 4;

/** Runs for some rounds, so that engines compile hot code. Returns the number of runs that take a fifth of a round. */
const warmUp = async (subject: Timed, { roundMs }: Effort): Promise<number> => {
  let count = 0;
  const startMs = performance.now();
  let tookMs = 0;
  do {
    await runTimes(subject, 1);
    count += 1;
    tookMs = performance.now() - startMs;
  } while (tookMs < roundMs * WARM_UP_ROUNDS);
  return Math.max(1, Math.min(MAX_BATCH, Math.floor((count * roundMs) / tookMs / 5)));
};

const runRound = async ({ subject, batch, rounds, singles }: State, roundMs: number): Promise<void> => {
  let count = 0;
  const startMs = performance.now();
  let nowMs = startMs;
  while (nowMs - startMs < roundMs) {
    const beforeMs = nowMs;
    await runTimes(subject, batch);
    count += batch;
    nowMs = performance.now();
    // Slow subjects are timed one run at a time.
    if (batch === 1) singles.push((nowMs - beforeMs) * 1000);
  }
  rounds.push(((nowMs - startMs) * 1000) / count);
  for (let at = 0; at < SINGLES && batch > 1; at += 1) {
    const beforeMs = performance.now();
    const result = subject.run();
    if (result instanceof Promise) await result;
    singles.push((performance.now() - beforeMs) * 1000);
  }
};

/** Waits only for promises, because a turn of the event loop would cost more than some runs. */
const runTimes = async (subject: Timed, times: number): Promise<void> => {
  for (let at = 0; at < times; at += 1) {
    const result = subject.run();
    if (result instanceof Promise) await result;
  }
};

/** Returns the value below which a share of the samples lies. */
export const quantile = (samples: readonly number[], share: number): number => {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
};

/** Returns the timings that results keep, by the subject's name. */
export const timesByName = (
  timings: readonly Timing[],
): Record<string, Pick<Timing, 'medianUs' | 'p99Us' | 'roundsUs'>> =>
  Object.fromEntries(
    timings.map(({ name, medianUs, p99Us, roundsUs }) => [name, { medianUs, p99Us, roundsUs }]),
  );

/** Returns how many times as long one subject took as another: the median of the ratios of rounds, because a machine's speed changes. */
export const quotientOf = (
  over: Pick<Timing, 'roundsUs'> | undefined,
  under: Pick<Timing, 'roundsUs'> | undefined,
): number | undefined =>
  over === undefined || under === undefined ? undefined : quotientOfRounds(over.roundsUs, under.roundsUs);

/** Returns the same for any figures, one for each round. */
export const quotientOfRounds = (over: readonly number[], under: readonly number[]): number =>
  quantile(
    over.map((value, round) => value / (under[round] ?? Number.NaN)),
    0.5,
  );

/** Returns the median of ratios. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
