import type { MessageDescription, Shape } from '../../shape/contract-description.ts';

/**
 * Creates a function that returns the index of the union option whose smallest value has the fewest levels. Other options may contain the
 * union again, endlessly.
 */
export const createLowestFinder = ({
  definitions,
}: Pick<MessageDescription, 'definitions'>): ((options: readonly Shape[]) => number) => {
  const heights = new Map<string, number>();
  const heightOf = (shape: Shape): number => {
    if (shape.kind === 'reference') return heights.get(shape.to) ?? Infinity;
    if (shape.kind === 'object')
      return above(shape.members.filter((each) => each.presence === 'required').map((each) => each.shape));
    if (shape.kind === 'list') return above((shape.minLength ?? 0) > 0 ? [shape.element] : []);
    if (shape.kind === 'tuple') return above(shape.items);
    if (shape.kind === 'record') return above(shape.isComplete ? [shape.value] : []);
    if (shape.kind === 'intersection') return Math.max(...shape.parts.map(heightOf));
    return shape.kind === 'union' ? Math.min(...shape.options.map(heightOf)) : 1;
  };
  const above = (parts: readonly Shape[]): number => 1 + Math.max(0, ...parts.map(heightOf));

  // Each round finds at least one more height. The loop ends when a round finds none.
  for (let known = -1; known < heights.size;) {
    known = heights.size;
    for (const [name, shape] of Object.entries(definitions)) {
      const height = heightOf(shape);
      if (!heights.has(name) && height < Infinity) heights.set(name, height);
    }
  }
  return (options) => {
    const all = options.map(heightOf);
    return Math.max(0, all.indexOf(Math.min(...all)));
  };
};
