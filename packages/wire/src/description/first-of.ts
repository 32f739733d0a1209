/** Looks at items in order, and gives the first thing that is found; `undefined` if nothing is. */
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
