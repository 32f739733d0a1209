import type { MemberDescription, Shape } from '@plugwire/wire';

/** Documents a shape in Markdown: a table of keys for an object, the options of a union, and a sentence for anything else. */
export const docsOfShape = (shape: Shape): string[] => {
  if (shape.kind === 'object') return docsOfObject(shape.members);
  if (shape.kind === 'union' && isUnionOfObjects(shape)) {
    return shape.options.flatMap((option, at) => [
      ...(at === 0 ? [] : ['']),
      `Option ${at + 1}${option.description === undefined ? '' : `: ${option.description}`}`,
      '',
      ...docsOfShape(option),
    ]);
  }
  return [`${showShape(shape)}.`];
};

/** A shape that is documented below the table, and the path to it. */
interface InnerShape {
  readonly path: string;
  readonly shape: Shape;
}

/** One row for each key. Keys of inner objects have their path. The options of inner unions follow the table. */
const docsOfObject = (members: readonly MemberDescription[]): string[] => {
  if (members.length === 0) return ['An object without keys.'];
  const later: InnerShape[] = [];
  const rows = members.flatMap((member) => rowsOf(member, [], later));
  return [
    '| key | value | meaning |',
    '| --- | --- | --- |',
    ...rows,
    ...later.flatMap(({ path, shape }) => ['', `\`${path}\`:`, ''].concat(docsOfShape(shape))),
  ];
};

const rowsOf = (
  { key, presence, description, shape, ...rest }: MemberDescription,
  path: readonly string[],
  later: InnerShape[],
): string[] => {
  const own = [...path, key];
  const notes = [
    ...(presence === 'optional' ? ['may be missing'] : []),
    ...(rest.default === undefined ? [] : [`then ${JSON.stringify(rest.default, showBigInt)}`]),
  ];
  const value = [showShape(shape), ...notes].join(', ');
  const meaning = description ?? shape.description ?? '';
  const [inner, suffix] = innermost(shape);
  const innerPath = [...path, key + suffix];
  if (isUnionOfObjects(inner)) later.push({ path: innerPath.join('.'), shape: inner });
  return [
    `| \`${escapeCell(own.join('.'))}\` | ${escapeCell(value)} | ${escapeCell(meaning)} |`,
    ...(inner.kind === 'object' ? inner.members : []).flatMap((member) => rowsOf(member, innerPath, later)),
  ];
};

/** The innermost shape of lists, records and nullable values, and the suffix of its path. */
const innermost = (shape: Shape): readonly [inner: Shape, suffix: string] => {
  if (shape.kind === 'nullable') return innermost(shape.inner);
  if (shape.kind !== 'list' && shape.kind !== 'record') return [shape, ''];
  const [inner, suffix] = innermost(shape.kind === 'list' ? shape.element : shape.value);
  return [inner, `${shape.kind === 'list' ? '[]' : '[key]'}${suffix}`];
};

const isUnionOfObjects = (shape: Shape): boolean =>
  shape.kind === 'union' && shape.options.some(({ kind }) => kind === 'object');

const showBigInt = (_: string, value: unknown): unknown =>
  typeof value === 'bigint' ? String(value) : value;

const escapeCell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ');

/** Describes a shape in a few words, such as `list of text, at most 8 elements`. */
export const showShape = (shape: Shape): string => {
  const words = showBare(shape);
  return shape.refined === true ? `${words} (the host checks more)` : words;
};

const showBare = (shape: Shape): string => {
  if (shape.kind === 'object') return 'object';
  if (shape.kind === 'list') return `list of ${showShape(shape.element)}${showLength(shape, 'elements')}`;
  if (shape.kind === 'tuple') {
    const items = shape.items.map(showShape);
    return `list of ${[...items, ...(shape.rest === undefined ? [] : [`any number of ${showShape(shape.rest)}`])].join(', then ')}`;
  }
  if (shape.kind === 'record')
    return `object with any keys (${showShape(shape.key)}) and ${showShape(shape.value)} in them`;
  if (shape.kind === 'string') {
    const format = shape.format === undefined ? '' : ` (${shape.format})`;
    const pattern =
      shape.pattern === undefined || shape.format !== undefined ? '' : ` that matches \`${shape.pattern}\``;
    return `text${format}${pattern}${showLength(shape, 'characters')}`;
  }
  if (shape.kind === 'integer') return `whole number${showRange(shape)}`;
  if (shape.kind === 'number') return `number${showBounds(shape)}`;
  if (shape.kind === 'literal')
    return shape.values.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (shape.kind === 'union') return [...new Set(shape.options.map(showShape))].join(' or ');
  if (shape.kind === 'nullable') return `${showShape(shape.inner)} or \`null\``;
  if (shape.kind === 'intersection') return shape.parts.map(showShape).join(' and ');
  if (shape.kind === 'reference') return `\`${shape.to}\``;
  return PLAIN[shape.kind];
};

const PLAIN = {
  boolean: '`true` or `false`',
  null: '`null`',
  json: 'any JSON',
  json_object: 'any JSON object',
  never: 'nothing: no value fits',
} as const;

const showLength = (
  { minLength, maxLength }: { readonly minLength?: number; readonly maxLength?: number },
  what: string,
): string => {
  if (minLength !== undefined && minLength === maxLength) return `, ${minLength} ${what}`;
  const bounds = [
    ...(minLength === undefined ? [] : [`at least ${minLength}`]),
    ...(maxLength === undefined ? [] : [`at most ${maxLength}`]),
  ];
  return bounds.length === 0 ? '' : `, ${bounds.join(' and ')} ${what}`;
};

/** The range of a number. The bounds of exact JSON integers are omitted. */
const showRange = ({ minimum, maximum }: Extract<Shape, { readonly kind: 'integer' }>): string => {
  const isOpen = maximum === Number.MAX_SAFE_INTEGER;
  if (isOpen && minimum === Number.MIN_SAFE_INTEGER) return '';
  return isOpen ? `, at least ${minimum}` : `, ${minimum} to ${maximum}`;
};

const showBounds = (shape: Extract<Shape, { readonly kind: 'number' }>): string => {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = shape;
  const bounds = [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`below ${exclusiveMaximum}`]),
  ];
  return bounds.length === 0 ? '' : `, ${bounds.join(' and ')}`;
};
