import type { DescribedJson, MessageDescription } from '../../shape/contract-description.ts';
import { createCoverage, createFixedChooser } from './choices.ts';
import { generateValue } from './generate-value.ts';
import { createRandom } from './random.ts';

/** The options of {@link generateMessages}. */
export interface GenerateOptions {
  /** The same seed gives the same messages. Default: 1. */
  readonly seed?: number;
  /** How many messages to generate. Default: 100. */
  readonly count?: number;
}

/**
 * Generates messages that fit a description: first the sample, the smallest message and the largest one; then messages that cover cases not
 * seen yet (each option of a union, each key present and missing, each length and bound); then random ones. If the host checks more than the
 * description says, the sample’s value is used. Messages have no `_v` and may contain BigInts. Never throws for a valid description.
 *
 * @example
 * const { request, sample } = describeContract(greet).versions[0];
 * for (const message of generateMessages(request, sample.request, { seed: 7 })) send(message);
 */
export const generateMessages = (
  message: MessageDescription,
  sample: DescribedJson,
  { seed = 1, count = 100 }: GenerateOptions = {},
): readonly DescribedJson[] => {
  const random = createRandom(seed);
  const coverage = createCoverage();
  const made = [
    sample,
    generateValue(message, sample, createFixedChooser(random, true)),
    generateValue(message, sample, createFixedChooser(random, false)),
  ];
  while (made.length < count) made.push(generateValue(message, sample, coverage.createChooser(random)));
  return made.slice(0, count);
};
