import { expect, it } from 'vitest';

import { createLane } from './lane.ts';

it('a lane runs work one after the other, in order, even if earlier work fails', async () => {
  const lane = createLane();
  const notes: string[] = [];
  const work = async (name: string): Promise<string> => {
    notes.push(`${name} begins`);
    await new Promise(setImmediate);
    notes.push(`${name} ends`);
    if (name === 'b') throw new Error('b failed');
    return name;
  };
  const ends = await Promise.allSettled(
    ['a', 'b', 'c'].map(async (name) => await lane.run(async () => await work(name))),
  );
  expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(notes).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
