import { type BenchResult, percentile } from './bench-result.ts';

/** The changes of one function, as shares: 0.1 means 10 % more. */
export interface FunctionChange {
  readonly name: string;
  readonly p50: number;
  readonly p99: number;
  readonly fuel: number;
  readonly memory: number;
}

/** Compares the functions that both results contain. */
export const compareResults = (before: BenchResult, after: BenchResult): readonly FunctionChange[] =>
  after.functions.flatMap((now) => {
    const then = before.functions.find(({ name }) => name === now.name);
    if (then === undefined) return [];
    return [
      {
        name: now.name,
        p50: changeOf(percentile(then, 50), percentile(now, 50)),
        p99: changeOf(percentile(then, 99), percentile(now, 99)),
        fuel: changeOf(then.fuel, now.fuel),
        memory: changeOf(then.memoryBytes, now.memoryBytes),
      },
    ];
  });

const changeOf = (then: number, now: number): number => (then === 0 ? 0 : (now - then) / then);

/** Returns the functions whose median time or fuel grew by more than the tolerance, in percent. */
export const findSlower = (
  changes: readonly FunctionChange[],
  tolerancePercent: number,
): readonly FunctionChange[] =>
  changes.filter(({ p50, fuel }) => 100 * Math.max(p50, fuel) > tolerancePercent);
