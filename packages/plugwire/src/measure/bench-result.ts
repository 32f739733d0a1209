import { z } from 'zod';

/** The version of the format that `plugwire bench --json` prints. */
export const BENCH_VERSION = 1;

const functionForm = z.strictObject({
  name: z.string(),
  version: z.int(),
  calls: z.int().min(1),
  /** The time of one call in microseconds: 101 quantiles, from the minimum to the maximum. */
  quantilesUs: z.array(z.number().min(0)).length(101),
  meanUs: z.number().min(0),
  /** The median fuel of one call. */
  fuel: z.number().min(0),
  /** The memory after the last call, in bytes. */
  memoryBytes: z.number().min(0),
});

const skippedForm = z.strictObject({
  name: z.string(),
  version: z.int(),
  stage: z.string(),
  code: z.string(),
  message: z.string(),
});

/** What `plugwire bench --json` prints, and `--against` reads. */
export const benchForm = z.object({
  plugwire: z.literal('bench'),
  benchVersion: z.literal(BENCH_VERSION),
  file: z.string(),
  sha256: z.string(),
  node: z.string(),
  functions: z.array(functionForm),
  /** Functions that failed their request and were not measured. */
  skipped: z.array(skippedForm),
});

/** The measurements of one plugin. */
export type BenchResult = z.output<typeof benchForm>;
/** The measurements of one function. */
export type FunctionResult = z.output<typeof functionForm>;

/** Returns a percentile of a function’s time, in microseconds. `percent` is a whole number from 0 to 100. */
export const percentile = ({ quantilesUs }: Pick<FunctionResult, 'quantilesUs'>, percent: number): number =>
  quantilesUs[percent] ?? 0;
