import type { Random } from './random.ts';

/** Decides between ways to generate a value, at a place of the description. */
export interface Chooser {
  /** Returns one of `count` ways, from 0. `place` names the decision. Way 0 gives the smallest value. */
  choose(place: string, count: number): number;
  readonly random: Random;
}

/** Creates a chooser that always takes the first way, which gives the smallest value, or always the last. */
export const createFixedChooser = (random: Random, isLeast: boolean): Chooser => ({
  choose: (_place, count) => (isLeast ? 0 : count - 1),
  random,
});

/** Records which ways were taken at which place. */
export interface Coverage {
  /** Whether each way of every place so far has been taken. */
  isComplete(): boolean;
  /** Creates a chooser that prefers ways that have not been taken yet. */
  createChooser(random: Random): Chooser;
}

/** Creates an empty record. */
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
