import { expect, it } from 'vitest';

import { createEditLog, pushEdit } from './edit-log.ts';

it('the log keeps every edit while it grows, with values of more than 32 bits', () => {
  const edits = createEditLog();
  const count = 5_000;
  for (let i = 0; i < count; i++) pushEdit(edits, i % 13, i * 50_000, 2 ** 32 + i);
  expect(edits.length).toBe(count);
  for (const i of [0, 1_023, 1_024, count - 1]) {
    expect([edits.kinds[i], edits.positions[i], edits.values[i]]).toEqual([i % 13, i * 50_000, 2 ** 32 + i]);
  }
});
