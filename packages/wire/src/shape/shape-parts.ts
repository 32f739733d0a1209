import type { Shape } from './contract-description.ts';

/** Returns the shapes inside a shape, in the order of the wire. */
export const partsOf = (shape: Shape): readonly Shape[] => {
  if (shape.kind === 'object') return shape.members.map((member) => member.shape);
  if (shape.kind === 'list') return [shape.element];
  if (shape.kind === 'tuple') return shape.rest === undefined ? shape.items : [...shape.items, shape.rest];
  if (shape.kind === 'record') return [shape.key, shape.value];
  if (shape.kind === 'union') return shape.options;
  if (shape.kind === 'nullable') return [shape.inner];
  if (shape.kind === 'intersection') return shape.parts;
  return [];
};
