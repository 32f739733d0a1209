import type { z } from 'zod';

import type {
  IntegerShape,
  LiteralShape,
  NumberShape,
  RefinedNote,
  StringShape,
} from './contract-description.ts';
import { type CheckDef, checksOf, defOf } from './schema-def.ts';

/** A shape that is being built. */
type Draft<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** Describes a `z.string()` with its checks: lengths, one format and one pattern. Further checks are only marked as `refined`. */
export const describeString = (schema: z.ZodType): StringShape => {
  const shape: Draft<StringShape> = { kind: 'string' };
  for (const { _zod } of checksOf(schema)) {
    const { def } = _zod;
    const { minimum, maximum, length, format, pattern } = def;
    if (def.check === 'min_length') shape.minLength = Math.max(shape.minLength ?? 0, minimum ?? 0);
    else if (def.check === 'max_length')
      shape.maxLength = Math.min(shape.maxLength ?? Infinity, maximum ?? Infinity);
    else if (def.check === 'length_equals') Object.assign(shape, { minLength: length, maxLength: length });
    else if (def.check === 'string_format' && isFormat(shape, def)) {
      if (format !== undefined && format !== 'regex') shape.format = format;
      if (pattern !== undefined) shape.pattern = pattern.source;
      else shape.refined = true;
    } else shape.refined = true;
  }
  return shape;
};

/** Whether a format is the first of the shape, and its pattern has the same meaning without flags. */
const isFormat = ({ format, pattern }: StringShape, def: CheckDef): boolean =>
  format === undefined &&
  pattern === undefined &&
  (def.pattern === undefined || /^[udg]*$/.test(def.pattern.flags));

/** Describes a `z.templateLiteral`. */
export const describeTemplate = (schema: z.ZodType): StringShape => {
  const { source } = (schema._zod as unknown as { readonly pattern: RegExp }).pattern;
  return { kind: 'string', pattern: source, ...refinedIf((defOf(schema).checks ?? []).length > 0) };
};

/** Describes a literal or an enum. */
export const describeLiteral = (schema: z.ZodType): LiteralShape => ({
  kind: 'literal',
  values: [...(schema._zod.values ?? [])] as (string | number | boolean | null)[],
  ...refinedIf((defOf(schema).checks ?? []).length > 0),
});

/** The bounds of zod's number formats, inclusive. `float64` has none. */
const FORMATS: Readonly<Record<string, readonly [number, number]>> = {
  safeint: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  float32: [-3.402_823_466_385_288_6e38, 3.402_823_466_385_288_6e38],
};

/** Bounds while they are being narrowed. `floor` and `ceiling` are exclusive. */
interface Bounds {
  minimum: number;
  maximum: number;
  floor: number;
  ceiling: number;
  isWhole: boolean;
  isRefined: boolean;
}

/** Describes a number with its checks. It is an integer if the schema accepts only whole numbers. */
export const describeNumber = (schema: z.ZodType): IntegerShape | NumberShape => {
  const bounds: Bounds = {
    minimum: -Infinity,
    maximum: Infinity,
    floor: -Infinity,
    ceiling: Infinity,
    isWhole: defOf(schema).type === 'int',
    isRefined: false,
  };
  for (const { _zod } of checksOf(schema)) narrow(bounds, _zod.def);
  return bounds.isWhole ? toInteger(bounds) : toNumber(bounds);
};

const narrow = (bounds: Bounds, { check, format, value, inclusive }: CheckDef): void => {
  const limit = typeof value === 'bigint' ? Number(value) : value;
  if (check === 'number_format') {
    const [minimum, maximum] = FORMATS[format ?? ''] ?? [-Infinity, Infinity];
    bounds.minimum = Math.max(bounds.minimum, minimum);
    bounds.maximum = Math.min(bounds.maximum, maximum);
    if (format?.includes('int') === true) bounds.isWhole = true;
  } else if (check === 'greater_than' && typeof limit === 'number') {
    if (inclusive === true) bounds.minimum = Math.max(bounds.minimum, limit);
    else bounds.floor = Math.max(bounds.floor, limit);
  } else if (check === 'less_than' && typeof limit === 'number') {
    if (inclusive === true) bounds.maximum = Math.min(bounds.maximum, limit);
    else bounds.ceiling = Math.min(bounds.ceiling, limit);
  } else bounds.isRefined = true;
};

const toInteger = ({ minimum, maximum, floor, ceiling, isRefined }: Bounds): IntegerShape => ({
  kind: 'integer',
  minimum: Math.max(Math.ceil(minimum), Math.floor(floor) + 1, Number.MIN_SAFE_INTEGER),
  maximum: Math.min(Math.floor(maximum), Math.ceil(ceiling) - 1, Number.MAX_SAFE_INTEGER),
  ...refinedIf(isRefined),
});

const toNumber = ({ minimum, maximum, floor, ceiling, isRefined }: Bounds): NumberShape => ({
  kind: 'number',
  ...(minimum > -Infinity && minimum > floor ? { minimum } : {}),
  ...(maximum < Infinity && maximum < ceiling ? { maximum } : {}),
  ...(floor > -Infinity && floor >= minimum ? { exclusiveMinimum: floor } : {}),
  ...(ceiling < Infinity && ceiling <= maximum ? { exclusiveMaximum: ceiling } : {}),
  ...refinedIf(isRefined),
});

/** Returns the note `refined` if the host checks more than the shape says. */
export const refinedIf = (isRefined: boolean): RefinedNote => (isRefined ? { refined: true } : {});
