import type {
  DescribedJson,
  MemberDescription,
  MessageDescription,
  Shape,
} from '../../shape/contract-description.ts';
import type { Chooser } from './choices.ts';
import { createLowestFinder } from './find-lowest.ts';
import { generateInteger, generateJson, generateNumber, generateString } from './generate-scalar.ts';

/** Returned if no value can be generated, because the description does not say what fits. */
const NO_VALUE = Symbol('no value');

type Made = DescribedJson | typeof NO_VALUE;

/** Below this level only the smallest values are generated, so that recursion ends. */
const DEEPEST = 6;
/** The most elements of a list. */
const MOST_ELEMENTS = 12;

/** Generates a value that fits a message. Parts of `sample` are used where the description does not say what fits. */
export const generateValue = (
  { shape, definitions }: MessageDescription,
  sample: DescribedJson,
  chooser: Chooser,
): DescribedJson => {
  const findLowest = createLowestFinder({ definitions });
  const make = (part: Shape, place: string, level: number, example: DescribedJson | undefined): Made => {
    const least = level > DEEPEST;
    const choose = (count: number, what = ''): number =>
      least ? 0 : chooser.choose(`${place}${what}`, count);
    const orExample = (made: Made | undefined): Made =>
      made === undefined || made === NO_VALUE ? (example ?? NO_VALUE) : made;
    if (part.kind === 'reference')
      return make(definitions[part.to] as Shape, `#${part.to}`, level + 1, example);
    if (part.refined === true && example !== undefined) return example;
    if (part.kind === 'object') return makeObject(part.members, place, level, example);
    if (part.kind === 'list') {
      const { element, minLength = 0, maxLength = Infinity } = part;
      const longest = Math.min(maxLength, Math.max(minLength, MOST_ELEMENTS));
      const lengths = [
        ...new Set([minLength, Math.min(minLength + 1, longest), Math.min(3, longest), longest]),
      ].filter((length) => length >= minLength);
      const length = lengths[choose(lengths.length, '#')] ?? minLength;
      const examples = Array.isArray(example) ? (example as readonly DescribedJson[]) : [];
      const items = Array.from({ length }, (_, at) =>
        make(element, `${place}[]`, level + 1, examples[at] ?? examples[0]),
      ).filter((item) => item !== NO_VALUE);
      return items.length < minLength ? orExample(NO_VALUE) : items;
    }
    if (part.kind === 'tuple') {
      const examples = Array.isArray(example) ? (example as readonly DescribedJson[]) : [];
      const shapes =
        part.rest === undefined || choose(2, '#') === 0 ? part.items : [...part.items, part.rest];
      const items = shapes.map((item, at) => make(item, `${place}[${at}]`, level + 1, examples[at]));
      return items.includes(NO_VALUE) ? orExample(NO_VALUE) : (items as DescribedJson[]);
    }
    if (part.kind === 'record') {
      const keys = keysOf(part.key, choose, part.isComplete);
      const entries = keys.map((key) => [key, make(part.value, `${place}.*`, level + 1, undefined)] as const);
      const made = entries.filter(
        (entry): entry is readonly [string, DescribedJson] => entry[1] !== NO_VALUE,
      );
      return part.isComplete && made.length < keys.length ? orExample(NO_VALUE) : Object.fromEntries(made);
    }
    if (part.kind === 'nullable')
      return choose(2, '?') === 0 ? null : orNull(make(part.inner, place, level, example ?? undefined));
    if (part.kind === 'union') {
      const first = least ? findLowest(part.options) : choose(part.options.length, '|');
      for (let tried = 0; tried < part.options.length; tried += 1) {
        const at = (first + tried) % part.options.length;
        const made = make(part.options[at] as Shape, `${place}|${at}`, level + 1, undefined);
        if (made !== NO_VALUE) return made;
      }
      return orExample(NO_VALUE);
    }
    // Only the sample is known to fit both sides.
    if (part.kind === 'intersection') return orExample(make(part.parts[1], place, level, example));
    if (part.kind === 'literal') return part.values[choose(part.values.length)] ?? orExample(NO_VALUE);
    if (part.kind === 'string') return orExample(generateString(part, place, chooser));
    if (part.kind === 'integer') return generateInteger(part, place, chooser);
    if (part.kind === 'number') return generateNumber(part, place, chooser);
    if (part.kind === 'boolean') return choose(2) === 1;
    if (part.kind === 'null') return null;
    if (part.kind === 'never') return NO_VALUE;
    return generateJson(part.kind === 'json_object', place, chooser);
  };

  const makeObject = (
    members: readonly MemberDescription[],
    place: string,
    level: number,
    example: DescribedJson | undefined,
  ): Made => {
    const examples = isObject(example) ? example : {};
    const made: Record<string, DescribedJson> = {};
    for (const { key, presence, shape: part } of members) {
      const isLeftOut =
        presence === 'optional' && (level > DEEPEST || chooser.choose(`${place}.${key}?`, 2) === 0);
      if (isLeftOut) continue;
      const value = make(part, `${place}.${key}`, level + 1, examples[key]);
      if (value !== NO_VALUE) Object.defineProperty(made, key, { value, enumerable: true, writable: true });
      else if (presence === 'required') return example ?? NO_VALUE;
    }
    return made;
  };

  const made = make(shape, '', 0, sample);
  return made === NO_VALUE ? sample : made;
};

const isObject = (value: unknown): value is Readonly<Record<string, DescribedJson>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const orNull = (made: Made): DescribedJson => (made === NO_VALUE ? null : made);

/** The keys of a record: all of them if all are required, otherwise some. */
const keysOf = (
  key: Shape,
  choose: (count: number, what: string) => number,
  isComplete: boolean,
): readonly string[] => {
  const all =
    key.kind === 'literal'
      ? key.values.map(String)
      : key.kind === 'string' && key.refined !== true && key.pattern === undefined && key.format === undefined
        ? ['a', 'Grüße 🌍', 'key with "quotes"'].filter(
            (text) => text.length >= (key.minLength ?? 0) && text.length <= (key.maxLength ?? Infinity),
          )
        : [];
  return isComplete ? all : all.slice(0, choose(all.length + 1, '#'));
};
