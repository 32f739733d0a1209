import { z } from 'zod';

/** The version of the JSON that `plugwire bench --json` prints. */
export const BENCH_VERSION = 1;

const functionForm = z.strictObject({
  name: z.string(),
  version: z.int(),
  calls: z.int().min(1),
  /** Microseconds of one call: the least, each hundredth, and the most. */
  quantilesUs: z.array(z.number().min(0)).length(101),
  meanUs: z.number().min(0),
  /** Fuel of one call: the median. */
  fuel: z.number().min(0),
  /** The memory after the last call. */
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
  /** Functions that do not answer their request, so that there is nothing to measure. */
  skipped: z.array(skippedForm),
});

/** What a bench measured of one plugin. */
export type BenchResult = z.output<typeof benchForm>;
/** What a bench measured of one function. */
export type FunctionResult = z.output<typeof functionForm>;

/** A percentile of a function, in microseconds. */
export const percentile = ({ quantilesUs }: Pick<FunctionResult, 'quantilesUs'>, percent: number): number =>
  quantilesUs[percent] ?? 0;
