import { isDeepStrictEqual } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { describeSchema } from '../../shape/describe-schema.ts';
import { createReader, type ReaderOptions } from './create-reader.ts';
import type { Read } from './reader.ts';
import { createRandom } from './testing/random.ts';
import { mutate, randomSchema } from './testing/random-schema.ts';
import { MISFIT, Walk } from './walk.ts';

/** The result of reading. zod throws if the sides of an intersection cannot be merged. */
type End = { readonly fits: true; readonly value: unknown } | { readonly fits: false };

const zodsEnd = (
  schema: z.ZodType,
  value: unknown,
  run: typeof z.safeParse | typeof z.safeEncode = z.safeParse,
): End => {
  try {
    const result = run(schema, value as never);
    return result.success ? { fits: true, value: result.data } : { fits: false };
  } catch {
    return { fits: false };
  }
};

const ourEnd = (read: Read, value: unknown): End => {
  try {
    const read1 = read(value, 1, new Walk());
    return read1 === MISFIT ? { fits: false } : { fits: true, value: read1 };
  } catch {
    return { fits: false };
  }
};

/** Runs a function as if the platform forbade code from strings. */
const withoutCode = <Result>(run: () => Result): Result => {
  const own = globalThis.Function;
  globalThis.Function = (() => {
    throw new EvalError('no code from strings');
  }) as never;
  try {
    return run();
  } finally {
    globalThis.Function = own;
  }
};

const readersOf = (schema: z.ZodType): readonly Read[] => {
  const origins = ['ours', 'caller'] as const;
  const options = origins.map((origin): ReaderOptions => ({
    direction: 'decode',
    origin,
    namesProto: false,
  }));
  return [
    ...options.map((option) => createReader(schema, option)),
    ...options.map((option) => withoutCode(() => createReader(schema, option))),
  ];
};

/** Whether contracts accept the schema. */
const isTaken = (schema: z.ZodType): boolean => {
  try {
    describeSchema(z.strictObject({ part: schema }), 'here');
    return true;
  } catch {
    return false;
  }
};

const copyOf = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');

const RUNS = { numRuns: Number(process.env['PLUGWIRE_RUNS'] ?? 400) };
/** How many values are tried for each schema. The first ones are created to fit. */
const TRIES = 12;
const FITTING = 4;

const compare = (read: Read, value: () => unknown, wanted: End): void => {
  const end = ourEnd(read, value());
  if (!isDeepStrictEqual(end, wanted))
    expect.fail(`${JSON.stringify(value())}: ${JSON.stringify({ end, wanted })}`);
};

describe('a reader accepts the same values and returns the same results as zod, for random schemas and values,', () => {
  it('in place, for values of callers, and without generated code', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const { schema, make } = randomSchema(random);
        fc.pre(isTaken(schema));
        const readers = readersOf(schema);
        for (let tried = 0; tried < TRIES; tried += 1) {
          const made = copyOf(make(random));
          const value = tried < FITTING ? made : copyOf(mutate(random, made));
          const wanted = zodsEnd(schema, copyOf(value));
          for (const read of readers) compare(read, () => copyOf(value), wanted);
        }
      }),
      RUNS,
    );
  });

  it('with codecs', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const { schema, make } = randomSchema(random, 'codecs');
        fc.pre(isTaken(schema));
        const read = createReader(schema, { direction: 'decode', origin: 'ours', namesProto: false });
        for (let tried = 0; tried < TRIES; tried += 1) {
          const made = copyOf(make(random));
          const value = tried < FITTING ? made : copyOf(mutate(random, made));
          compare(read, () => copyOf(value), zodsEnd(schema, copyOf(value)));
        }
      }),
      RUNS,
    );
  });

  it('with codecs, when it encodes', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = createRandom(seed);
        const { schema, make } = randomSchema(random, 'encodable');
        const read = createReader(schema, { direction: 'encode', origin: 'copied', namesProto: false });
        for (let tried = 0; tried < TRIES; tried += 1) {
          const made = copyOf(make(random));
          const decoded = zodsEnd(schema, made);
          const value = decoded.fits && tried < FITTING ? decoded.value : mutate(random, made);
          compare(read, () => value, zodsEnd(schema, value, z.safeEncode));
        }
      }),
      RUNS,
    );
  });
});
