/** Calls `find` with each item in order, and returns the first result that is not `undefined`, or `undefined` if there is none. */
export const firstOf = <Item, Found>(
  items: readonly Item[],
  find: (item: Item, at: number) => Found | undefined,
): Found | undefined => {
  for (const [at, item] of items.entries()) {
    const found = find(item, at);
    if (found !== undefined) return found;
  }
  return undefined;
};
