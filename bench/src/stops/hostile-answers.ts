import type { Behaviour } from '@plugwire/pdk-fixtures';
import { jsonValue } from '@plugwire/wire';
import { z } from 'zod';

/** An answer that is slow to read. Its text is a beginning, many units, and an end. */
export interface HostileAnswer {
  readonly response: z.ZodType;
  /** A value that fits the schema. */
  readonly sample: unknown;
  readonly begin: string;
  /** One of many parts, by its number. */
  unit(at: number): string;
  readonly end: string;
}

const list = (element: z.ZodType, unit: (at: number) => string, last = unit(0)): HostileAnswer => ({
  response: z.strictObject({ x: z.array(element) }),
  sample: { x: [] },
  begin: '"x":[',
  unit: (at) => `${unit(at)},`,
  end: `${last}]}`,
});

const record = (key: z.ZodType, unit: (at: number) => string): HostileAnswer => ({
  response: z.strictObject({ x: z.record(key as z.ZodString, z.int()) }),
  sample: { x: {} },
  begin: '"x":{',
  unit: (at) => `${unit(at)},`,
  end: '"-":""}}',
});

const text = (
  schema: z.ZodType,
  sample: string,
  begin: string,
  character: string,
  end = '',
): HostileAnswer => ({
  response: z.strictObject({ x: schema }),
  sample: { x: sample },
  begin: `"x":"${begin}`,
  unit: () => character,
  end: `${end}"}`,
});

const option = (key: string): z.ZodType => z.strictObject({ a: z.string(), [key]: z.int() });
const told = (kind: string): z.ZodObject => z.strictObject({ kind: z.literal(kind), a: z.int() });
const tree: z.ZodType = z.strictObject({
  get a() {
    return z.union([z.array(tree), tree, z.null()]).optional();
  },
});
const nested = (core: string): string => `${'['.repeat(120)}${core}${']'.repeat(120)}`;
const key = (at: number): string => at.toString(36);

/** Answers that block a host as long as possible, for each kind of schema. The last ones fit their schema. */
export const HOSTILE_ANSWERS: Readonly<Record<string, HostileAnswer>> = {
  'numbers for strings': list(z.string(), () => '1'),
  'the last of many strings': list(z.string(), () => '"a"', '1'),
  'a union of three scalars': list(z.union([z.string(), z.boolean(), z.null()]), () => '1'),
  'a union of four objects': list(
    z.union([option('b'), option('c'), option('d'), option('e')]),
    () => '{"a":"","b":""}',
  ),
  'the balancer’s filter': {
    response: z.strictObject({
      kept_upstream_ids: z.array(z.guid()),
      x: z.array(z.strictObject({ upstream_id: z.guid(), kept: z.boolean(), reason: z.string() })),
    }),
    sample: { kept_upstream_ids: [], x: [] },
    begin: '"kept_upstream_ids":[],"x":[',
    unit: () => '{"reason":1},',
    end: '{}]}',
  },
  'numbers as keys': record(z.int().min(0), (at) => `"a${key(at)}":0`),
  'a discriminated union without a match': list(
    z.discriminatedUnion('kind', [told('x'), told('y')]),
    () => '{"kind":"z"}',
  ),
  'a tuple with a rest': {
    ...list(z.string(), () => '1'),
    response: z.strictObject({ x: z.tuple([z.string()], z.string()) }),
    sample: { x: [''] },
    begin: '"x":["",',
  },
  recursion: {
    response: z.strictObject({ x: tree }),
    sample: { x: {} },
    begin: '"x":{"a":[',
    unit: () => '{"a":[]},{"a":{"a":1}},',
    end: '{}]}}',
  },
  'keys that are not named': {
    ...record(z.string(), (at) => `"${key(at)}":0`),
    response: z.strictObject({ x: z.strictObject({}) }),
  },
  'template literals': list(z.templateLiteral(['v', z.int()]), () => '"w1"'),
  'a check of each element': list(z.string().min(2), () => '"a"'),
  'a long string against z.url()': text(z.url(), 'http://a.b', 'http://', 'é'),
  'a long string against z.base64url()': text(z.base64url(), '', '', '-'),
  'a long string against a pattern': text(z.string().regex(/a+b/), 'ab', '', 'a'),
  'any JSON: empty objects': list(jsonValue, () => '{}'),
  'any JSON: keys of which each is new': list(jsonValue, (at) => `{"${key(at)}":0}`),
  'any JSON: 120 levels': list(jsonValue, () => nested('')),
  'defaults: empty objects': list(z.strictObject({ a: z.int().default(1) }), () => '{}'),
  'fits: numbers': list(z.number(), () => '1'),
  'fits: objects of five keys': list(
    z.strictObject({
      name: z.string(),
      kind: z.string(),
      limit: z.int(),
      left: z.int().nullable(),
      reset: z.string(),
    }),
    (at) =>
      `{"name":"upstream ${at}","kind":"anthropic_direct","limit":${at},"left":null,"reset":"2026-01-01T00:00:00Z"}`,
  ),
  'fits: one string': text(z.string(), '', '', 'x'),
};

/** The length of the piece of units that a guest contains and repeats. */
const PIECE_BYTES = 1024 * 1024;

/** Returns the text of a piece. Its length is a multiple of eight bytes. */
const pieceOf = ({ unit, begin }: HostileAnswer, bytes: number): string => {
  const parts: string[] = [];
  let length = 0;
  for (let at = 0; ; at += 1) {
    const part = unit(at);
    length += Buffer.byteLength(part);
    if (length > bytes && at > 0) break;
    parts.push(part);
  }
  const piece = parts.join('');
  const missing = (8 - (Buffer.byteLength(piece) % 8)) % 8;
  // Inside a string, spaces would be part of the value, so there the units are cut to fit.
  return begin.endsWith(':"') || (!begin.endsWith('[') && !begin.endsWith('{') && !begin.endsWith(','))
    ? parts
        .slice(0, parts.length - (Buffer.byteLength(piece) % 8) / Buffer.byteLength(parts[0] as string))
        .join('')
    : piece + ' '.repeat(missing);
};

/** Returns a guest's function that returns this answer with about this many bytes. */
export const answering = (answer: HostileAnswer, bytes: number): Behaviour => {
  const begin = `{"_v":1,${answer.begin}`;
  const paddedBegin = ' '.repeat((8 - (Buffer.byteLength(begin) % 8)) % 8) + begin;
  const paddedEnd = answer.end + ' '.repeat((8 - (Buffer.byteLength(answer.end) % 8)) % 8);
  const around = Buffer.byteLength(paddedBegin) + Buffer.byteLength(paddedEnd);
  const piece = pieceOf(answer, Math.min(PIECE_BYTES, bytes - around));
  const pieceBytes = Buffer.byteLength(piece);
  const times = Math.max(1, Math.floor((bytes - around) / pieceBytes));
  const total = around + times * pieceBytes;
  return {
    writeBody: (guest) => {
      guest.field(COPY);
      return `
    (local $output i64) (local $at i64) (local $left i32)
    (local.set $output (call $env.alloc (i64.const ${total})))
    (if (i64.eqz (local.get $output)) (then (unreachable)))
    (local.set $at (call $copy (local.get $output) ${guest.data(paddedBegin)}))
    (local.set $left (i32.const ${times}))
    (loop $next
      (local.set $at (call $copy (local.get $at) ${guest.data(piece)}))
      (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (drop (call $copy (local.get $at) ${guest.data(paddedEnd)}))
    (call $env.output_set (local.get $output) (i64.const ${total}))
    (i32.const 0)`;
    },
  };
};

/** Copies memory to a block, eight bytes at a time. Returns the end. */
const COPY = `(func $copy (param $to i64) (param $from i32) (param $length i32) (result i64)
    (local $end i32)
    (local.set $end (i32.add (local.get $from) (local.get $length)))
    (loop $next
      (call $env.store_u64 (local.get $to) (i64.load (local.get $from)))
      (local.set $to (i64.add (local.get $to) (i64.const 8)))
      (br_if $next
        (i32.lt_u (local.tee $from (i32.add (local.get $from) (i32.const 8))) (local.get $end))))
    (local.get $to))`;
