/** Counts how many requests that are under way still need something. */
export interface ReferenceCounts<Held extends object> {
  /** Notes that something is needed until the function that comes back is called. */
  hold(held: Held): () => void;
  /** Resolves once nobody needs it any more. */
  untilFree(held: Held): Promise<void>;
}

export const createReferenceCounts = <Held extends object>(): ReferenceCounts<Held> => {
  const counts = new Map<Held, number>();
  const waiting = new Map<Held, (() => void)[]>();
  return {
    hold: (held) => {
      counts.set(held, (counts.get(held) ?? 0) + 1);
      return () => {
        const left = (counts.get(held) ?? 0) - 1;
        counts.set(held, left);
        if (left > 0) return;
        counts.delete(held);
        for (const resolve of waiting.get(held) ?? []) resolve();
        waiting.delete(held);
      };
    },
    untilFree: async (held) => {
      if (!counts.has(held)) return;
      await new Promise<void>((resolve) => {
        waiting.set(held, [...(waiting.get(held) ?? []), resolve]);
      });
    },
  };
};
