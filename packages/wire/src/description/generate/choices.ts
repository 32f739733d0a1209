import type { Random } from './random.ts';

/** Decides between ways to make a value, at a place of the description. */
export interface Chooser {
  /** One of `count` ways, from 0. `place` names the decision; 0 is the way that needs least. */
  choose(place: string, count: number): number;
  readonly random: Random;
}

/** Always the way that needs least, or the one that needs most. */
export const createFixedChooser = (random: Random, isLeast: boolean): Chooser => ({
  choose: (_place, count) => (isLeast ? 0 : count - 1),
  random,
});

/** Which ways were taken at which place. */
export interface Coverage {
  /** Whether each way of each place that was seen has been taken. */
  isComplete(): boolean;
  /** Prefers ways that have not been taken yet. */
  createChooser(random: Random): Chooser;
}

/** Starts with nothing taken. */
export const createCoverage = (): Coverage => {
  const places = new Map<string, boolean[]>();
  return {
    isComplete: () => [...places.values()].every((ways) => ways.every(Boolean)),
    createChooser: (random) => ({
      random,
      choose: (place, count) => {
        const ways = places.get(place) ?? Array.from({ length: count }, () => false);
        places.set(place, ways);
        const open = ways.flatMap((taken, way) => (taken ? [] : [way]));
        const way = open.length === 0 ? random.below(count) : random.pick(open);
        ways[way] = true;
        return way;
      },
    }),
  };
};
