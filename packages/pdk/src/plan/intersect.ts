import type { Shape } from '@plugwire/wire';

type Definitions = Readonly<Record<string, Shape>>;

/**
 * Returns the shape of the values that fit both parts. Two objects become one object with the keys of both. If one shape is narrower than
 * the other, it is the result. Returns `undefined` if no single shape can express the intersection.
 */
export const intersect = (parts: readonly [Shape, Shape], definitions: Definitions): Shape | undefined => {
  const [left, right] = parts.map((part) => resolve(part, definitions));
  if (left === undefined || right === undefined) return undefined;
  if (left.kind === 'json' || (left.kind === 'json_object' && isObject(right))) return right;
  if (right.kind === 'json' || (right.kind === 'json_object' && isObject(left))) return left;
  if (left.kind === 'object' && right.kind === 'object') {
    const keys = new Set(left.members.map((member) => member.key));
    const merged = left.members.map((member) => {
      const other = right.members.find(({ key }) => key === member.key);
      const shape = other && intersect([member.shape, other.shape], definitions);
      return other === undefined
        ? member
        : { ...member, ...(member.presence === 'optional' ? other : {}), shape };
    });
    if (merged.some((member) => member.shape === undefined)) return undefined;
    return {
      ...left,
      members: [...(merged as typeof left.members), ...right.members.filter(({ key }) => !keys.has(key))],
    };
  }
  if (left.kind === 'literal') return accepts(right, left);
  if (right.kind === 'literal') return accepts(left, right);
  if (left.kind === 'integer' && right.kind === 'integer')
    return {
      ...left,
      minimum: left.minimum > right.minimum ? left.minimum : right.minimum,
      maximum: left.maximum < right.maximum ? left.maximum : right.maximum,
    };
  return left.kind === right.kind && SCALARS.has(left.kind) ? left : undefined;
};

/** Kinds whose bounds the host checks, and kits do not. */
const SCALARS: ReadonlySet<Shape['kind']> = new Set(['string', 'boolean', 'null', 'number']);

const resolve = (shape: Shape, definitions: Definitions): Shape | undefined => {
  if (shape.kind === 'reference') return definitions[shape.to];
  return shape.kind === 'intersection' ? intersect(shape.parts, definitions) : shape;
};

const isObject = (shape: Shape): boolean =>
  shape.kind === 'object' ||
  shape.kind === 'record' ||
  shape.kind === 'json_object' ||
  shape.kind === 'union';

/** Returns the literal with the values that the other shape accepts too; `undefined` if it accepts none. */
const accepts = (other: Shape, literal: Shape & { readonly kind: 'literal' }): Shape | undefined => {
  const values = literal.values.filter((value) => {
    if (other.kind === 'literal') return other.values.includes(value);
    if (other.kind === 'integer') return Number.isInteger(value);
    return other.kind === (value === null ? 'null' : typeof value);
  });
  return values.length === 0 ? undefined : { ...literal, values };
};
