import type { DescribedJson, MessageDescription } from '../../shape/contract-description.ts';
import { createCoverage, createFixedChooser } from './choices.ts';
import { generateValue } from './generate-value.ts';
import { createRandom } from './random.ts';

/** How many messages are made, and from what. */
export interface GenerateOptions {
  /** Repeats a run: the same seed gives the same messages. 1 by default. */
  readonly seed?: number;
  /** The most messages. 100 by default. */
  readonly count?: number;
}

/**
 * Makes messages that fit a description: the sample, the one that needs least, the one that has everything, then messages that take
 * each way that has not been taken yet (each option of a union, each key present and missing, each length and bound), then random ones.
 * Where the host checks more than the description says, the sample’s value stands.
 *
 * Messages are without `_v`, and may hold BigInts.
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
