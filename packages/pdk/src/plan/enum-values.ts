import type { EnumValue, Scalar, Words } from './kit-plan.ts';
import { createNames, wordsOf } from './words.ts';

/** Gives each value of a literal a name. */
export const enumValues = (values: readonly Scalar[]): readonly EnumValue[] => {
  const name = createNames();
  return values.map((value) => ({ value, words: name(wordsOfScalar(value)) }));
};

const wordsOfScalar = (value: Scalar): Words => {
  if (value === '') return ['empty'];
  return typeof value === 'number' && value < 0
    ? ['minus', ...wordsOf(String(-value), 'value')]
    : wordsOf(String(value), 'value');
};
