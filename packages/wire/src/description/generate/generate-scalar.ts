import type { DescribedJson, Shape } from '../../shape/contract-description.ts';
import type { Chooser } from './choices.ts';

type StringShape = Extract<Shape, { kind: 'string' }>;
type IntegerShape = Extract<Shape, { kind: 'integer' }>;
type NumberShape = Extract<Shape, { kind: 'number' }>;

/** Texts that decoders often get wrong: escapes, control characters, UTF-8 sequences of every length, nested quotation marks. */
const TEXTS = [
  '',
  'a',
  'Grüße 🌍',
  '"\\/\b\f\n\r\t\u0000\u001f',
  '\u007f\u2028\uffff',
  '</script>',
  '{"_v":1}',
  ' ',
];
const LONG_TEXT = 300;

/** Two texts for each format. For other formats, the sample's text is used. */
const FORMATS: Readonly<Record<string, readonly string[]>> = {
  base64: ['', 'AAEC/v8='],
  base64url: ['', 'AAEC_v8'],
  date: ['2026-11-26', '1970-01-01'],
  datetime: ['2026-11-26T12:00:00Z', '1970-01-01T00:00:00Z'],
  email: ['a@example.com', 'someone.else@example.org'],
  hex: ['', '00ff'],
  ipv4: ['127.0.0.1', '255.255.255.255'],
  number: ['0', '12'],
  uuid: ['00000000-0000-4000-8000-000000000001', 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6'],
  url: ['https://example.com/', 'https://example.com/path?query=1'],
};

/** Generates a text. Returns `undefined` if only the sample's text is known to fit. */
export const generateString = (shape: StringShape, place: string, chooser: Chooser): string | undefined => {
  const { format, pattern, minLength = 0, maxLength = Infinity } = shape;
  const fits = (text: string): boolean =>
    text.length >= minLength &&
    text.length <= maxLength &&
    (pattern === undefined || new RegExp(pattern).test(text));
  if (shape.refined === true || format !== undefined || pattern !== undefined) {
    const known = (FORMATS[format ?? ''] ?? []).filter(fits);
    return known.length === 0 || shape.refined === true
      ? undefined
      : known[chooser.choose(`${place}=`, known.length)];
  }
  const longest = Math.min(maxLength, Math.max(minLength, LONG_TEXT));
  const texts = [...TEXTS, 'x'.repeat(minLength), 'ü'.repeat(longest)].filter(fits);
  return texts.length === 0 ? undefined : texts[chooser.choose(`${place}=`, texts.length)];
};

/** Generates an integer: a bound, a neighbour of one, a small number, or a number around 2^53. */
export const generateInteger = (shape: IntegerShape, place: string, chooser: Chooser): number | bigint => {
  const minimum = BigInt(shape.minimum);
  const maximum = BigInt(shape.maximum);
  const wanted = [
    0n,
    1n,
    -1n,
    42n,
    minimum,
    maximum,
    minimum + 1n,
    maximum - 1n,
    2n ** 53n - 1n,
    2n ** 53n,
    2n ** 53n + 1n,
  ];
  const fitting = [...new Set(wanted.filter((value) => value >= minimum && value <= maximum))];
  const value = fitting[chooser.choose(`${place}=`, fitting.length)] ?? minimum;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
};

/** Generates a number: whole or with a fraction, tiny or huge, or a bound. */
export const generateNumber = (shape: NumberShape, place: string, chooser: Chooser): number => {
  const {
    minimum = -Infinity,
    maximum = Infinity,
    exclusiveMinimum = -Infinity,
    exclusiveMaximum = Infinity,
  } = shape;
  const wanted = [0, 1, -1, 0.5, -0.1, 1e-7, 1e21, 5e-324, Number.MAX_VALUE, minimum, maximum];
  const middle = (Math.max(minimum, exclusiveMinimum) + Math.min(maximum, exclusiveMaximum)) / 2;
  const fitting = [...wanted, middle].filter(
    (value) =>
      Number.isFinite(value) &&
      value >= minimum &&
      value <= maximum &&
      value > exclusiveMinimum &&
      value < exclusiveMaximum,
  );
  return fitting[chooser.choose(`${place}=`, fitting.length)] ?? 0;
};

/** Values of any JSON, up to a few levels deep. */
const ANY_JSON: readonly DescribedJson[] = [
  null,
  {},
  [],
  true,
  'text',
  -0.5,
  12_345_678_901_234_567_890n,
  { '': null, key: ['value', { deeper: [[[{}]]] }], 'Grüße 🌍': 1e21 },
];

/** Generates any JSON, or any JSON object. */
export const generateJson = (isObject: boolean, place: string, chooser: Chooser): DescribedJson => {
  const values = isObject ? ANY_JSON.filter(isPlainObject) : ANY_JSON;
  return values[chooser.choose(`${place}=`, values.length)] as DescribedJson;
};

const isPlainObject = (value: DescribedJson): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
