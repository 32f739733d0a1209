import { stringifyExactJson } from '../../json/exact-numbers.ts';
import type { DescribedJson, MessageDescription, Shape } from '../../shape/contract-description.ts';

/** A message that a careful decoder refuses, and what is wrong with it. */
export interface HostileMessage {
  /** What is wrong, such as `an unknown key`. Unique among the messages. */
  readonly label: string;
  /** The text, or bytes if it is not valid UTF-8. */
  readonly content: string | Uint8Array<ArrayBuffer>;
}

/**
 * Generates messages that a plugin must refuse, or at least survive, from one that fits: without `_v` or with a wrong one; with unknown,
 * missing or duplicate keys; with values of another type or out of range; truncated; followed by more text; too deep; too long; not UTF-8.
 * The messages are complete, including `_v`.
 *
 * @example
 * for (const { label, content } of hostileMessages(request, sample.request, 1)) show(label, call(content));
 */
export const hostileMessages = (
  message: MessageDescription,
  sample: DescribedJson,
  version: number,
): readonly HostileMessage[] => {
  const body = stringifyExactJson(sample);
  const members = body === '{}' ? '' : body.slice(1, -1);
  const text = (more: string): string => `{${[members, more].filter((part) => part !== '').join(',')}}`;
  const fit = text(`"_v":${version}`);
  return [
    ...ENVELOPES.map(([label, envelope]) => hostile(label, text(envelope(version)))),
    ...wrongMembers(message, sample, version),
    hostile('an unknown key', text(`"unknown_key":1,"_v":${version}`)),
    hostile('text after the message', `${fit}x`),
    hostile('a second message after the message', fit + fit),
    hostile('an empty text', ''),
    hostile('blanks', '  \n'),
    hostile('null', 'null'),
    hostile('a list', `[${fit}]`),
    hostile('a text', '"text"'),
    hostile('no quotation marks around keys', '{_v:1}'),
    hostile('a trailing comma', `${fit.slice(0, -1)},}`),
    hostile('a comment', `/* */${fit}`),
    hostile('a byte order mark', `\uFEFF${fit}`),
    hostile('levels: 129', nested(129, version)),
    hostile('levels: 10,000', nested(10_000, version)),
    hostile('100,000 levels that are never closed', '['.repeat(100_000)),
    hostile('a lone surrogate', text(`"unknown_key":"\\ud800","_v":${version}`)),
    hostile('a key of 100 KB', text(`"${'k'.repeat(100_000)}":1,"_v":${version}`)),
    hostile('10,000 unknown keys', text(`${manyKeys(10_000)},"_v":${version}`)),
    { label: 'bytes that are not UTF-8', content: Uint8Array.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]) },
    ...cuts(fit),
  ];
};

const ENVELOPES: readonly (readonly [string, (version: number) => string])[] = [
  ['no _v', () => ''],
  ['another _v', (version) => `"_v":${version + 1}`],
  ['a _v of 0', () => '"_v":0'],
  ['a _v below 0', (version) => `"_v":-${version}`],
  ['a _v with a fraction', (version) => `"_v":${version}.5`],
  ['a _v that is a text', (version) => `"_v":"${version}"`],
  ['a _v that is null', () => '"_v":null'],
  ['a _v of 400 digits', () => `"_v":${'1'.repeat(400)}`],
  ['two _v', (version) => `"_v":${version},"_v":${version}`],
];

const hostile = (label: string, content: string): HostileMessage => ({ label, content });

const nested = (levels: number, version: number): string =>
  `{"unknown_key":${'['.repeat(levels)}${']'.repeat(levels)},"_v":${version}}`;

const manyKeys = (count: number): string =>
  Array.from({ length: count }, (_, at) => `"unknown_${at}":0`).join(',');

/** The text, cut after the first character, in the middle, and before the last character. */
const cuts = (text: string): readonly HostileMessage[] =>
  [1, Math.floor(text.length / 2), text.length - 1].map((length) =>
    hostile(`cut after ${length} of ${text.length} characters`, text.slice(0, length)),
  );

/** Messages in which one key is wrong. */
const wrongMembers = (
  { shape, definitions }: MessageDescription,
  sample: DescribedJson,
  version: number,
): readonly HostileMessage[] => {
  const root = shape.kind === 'reference' ? definitions[shape.to] : shape;
  if (root?.kind !== 'object' || typeof sample !== 'object' || sample === null) return [];
  return root.members.flatMap(({ key, presence, shape: part }) => {
    const { [key]: own, ...others } = sample as Record<string, DescribedJson>;
    const rest = Object.entries(others).map(
      ([name, value]) => `${JSON.stringify(name)}:${stringifyExactJson(value)}`,
    );
    const write = (values: readonly string[]): string =>
      `{${[...rest, ...values.map((value) => `${JSON.stringify(key)}:${value}`), `"_v":${version}`].join(',')}}`;
    const fit = stringifyExactJson(own ?? null);
    const wrong = wrongValues(part, definitions).map(([what, value]) =>
      hostile(`${key}: ${what}`, write([value])),
    );
    if (presence === 'required') wrong.push(hostile(`${key}: missing`, write([])));
    if (own !== undefined) wrong.push(hostile(`${key}: duplicate`, write([fit, fit])));
    return wrong;
  });
};

type Definitions = MessageDescription['definitions'];

const wrongObjects = [
  ['an empty object', '{}'],
  ['another kind', '{"kind":"no such kind"}'],
] as const;

/** Whether a shape may accept an object without keys, or one with a key that no contract has. */
const mayTake = (shape: Shape, isEmpty: boolean, definitions: Definitions): boolean => {
  if (shape.kind === 'union') return shape.options.some((option) => mayTake(option, isEmpty, definitions));
  if (shape.kind === 'nullable') return mayTake(shape.inner, isEmpty, definitions);
  // Each reference is followed once, because a schema may consist only of itself.
  if (shape.kind === 'reference') {
    const { [shape.to]: target, ...others } = definitions;
    return target !== undefined && mayTake(target, isEmpty, others);
  }
  if (shape.kind === 'object') return isEmpty && shape.members.every((each) => each.presence === 'optional');
  return ['record', 'json', 'json_object', 'intersection'].includes(shape.kind);
};

const mayTakeNull = (shape: Shape, definitions: Definitions): boolean => {
  if (shape.kind === 'union') return shape.options.some((option) => mayTakeNull(option, definitions));
  if (shape.kind === 'literal') return shape.values.includes(null);
  if (shape.kind === 'reference') {
    const { [shape.to]: target, ...others } = definitions;
    return target !== undefined && mayTakeNull(target, others);
  }
  return ['nullable', 'null', 'json', 'intersection'].includes(shape.kind);
};

const wrongValues = (shape: Shape, definitions: Definitions): readonly (readonly [string, string])[] => {
  const wrong: Readonly<Partial<Record<Shape['kind'], readonly (readonly [string, string])[]>>> = {
    string: [
      ['a number', '1'],
      ['null', 'null'],
      ['a lone surrogate', '"\\ud800"'],
      ['a bad escape', '"\\x"'],
      ['a control character', '"\u0001"'],
    ],
    integer: [
      ['a text', '"1"'],
      ['with a fraction', '1.5'],
      ['with an exponent', '1e400'],
      ['of 400 digits', '9'.repeat(400)],
      ['with a leading zero', '01'],
    ],
    number: [
      ['a text', '"1"'],
      ['NaN', 'NaN'],
      ['too large for a double', '1e999'],
    ],
    boolean: [
      ['a number', '1'],
      ['a text', '"true"'],
      ['cut', 'tru'],
    ],
    object: [
      ['a list', '[]'],
      ['null', 'null'],
      ['with an unknown key', '{"unknown_key":1}'],
    ],
    list: [
      ['an object', '{}'],
      ['null', 'null'],
      ['with holes', '[,]'],
      ...(shape.kind === 'list' && mayTakeNull(shape.element, definitions)
        ? []
        : [['65,536 nulls', `[${'null,'.repeat(65_535)}null]`] as const]),
    ],
    record: [['a list', '[]']],
    literal: [
      ['another text', '"no such value"'],
      ['a list', '[]'],
    ],
    union: wrongObjects.filter(([, value]) => !mayTake(shape, value === '{}', definitions)),
  };
  if (shape.kind === 'nullable')
    return wrongValues(shape.inner, definitions).filter(([what]) => what !== 'null');
  const values = wrong[shape.kind] ?? [];
  if (shape.kind !== 'integer') return values;
  return [
    ...values,
    ['below its range', (BigInt(shape.minimum) - 1n).toString()],
    ['above its range', (BigInt(shape.maximum) + 1n).toString()],
  ];
};
