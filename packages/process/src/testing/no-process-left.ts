import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import { expect } from 'vitest';

import { findMarked } from '../launch/kill-marked.ts';

/** Fails if the folder still exists, or if the process with this folder or one of its children still runs. */
export const expectNothingLeft = async (folder: string): Promise<void> => {
  expect(folder).toMatch(/plugwire-[0-9a-f]{16}$/);
  expect(await findMarked(basename(folder).replace('plugwire-', ''))).toEqual([]);
  expect(existsSync(folder)).toBe(false);
};
