import type { Shaped } from './echo-contract.ts';
import type { Subject } from './subjects.ts';

/** Times of one subject, in microseconds per round trip. */
export interface Measurement {
  readonly subject: string;
  readonly medianUs: number;
  readonly p99Us: number;
}

const ROUNDS = 60;
const ROUND_MS = 25;

/**
 * Measures subjects in turns, a short round each, so that a machine that slows down slows all of them. A round is timed as a
 * whole: reading the clock per call would cost as much as some calls.
 */
export const measure = async (subjects: readonly Subject[], message: Shaped): Promise<Measurement[]> => {
  const expected = JSON.stringify(message);
  for (const subject of subjects) {
    if (JSON.stringify(await subject.run(message)) !== expected)
      throw new Error(`${subject.name} answers something else`);
    await runRound(subject, message);
  }
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [at, subject] of subjects.entries()) times[at]?.push(await runRound(subject, message));
  }
  return subjects.map((subject, at) => {
    const sorted = (times[at] ?? []).toSorted((left, right) => left - right);
    return { subject: subject.name, medianUs: quantile(sorted, 0.5), p99Us: quantile(sorted, 0.99) };
  });
};

const BATCH = 32;

const runRound = async (subject: Subject, message: Shaped): Promise<number> => {
  let count = 0;
  const start = performance.now();
  let now = start;
  while (now - start < ROUND_MS) {
    for (let at = 0; at < BATCH; at += 1) {
      const result = subject.run(message);
      if (result instanceof Promise) await result;
    }
    count += BATCH;
    now = performance.now();
  }
  return ((now - start) * 1000) / count;
};

const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
