import { existsSync } from 'node:fs';
import { basename } from 'node:path';

import { expect } from 'vitest';

import { findMarked } from '../launch/kill-marked.ts';

/** Fails if a process is left that had this folder, or one that it started, or the folder. */
export const expectNothingLeft = async (folder: string): Promise<void> => {
  expect(folder).toMatch(/plugwire-[0-9a-f]{16}$/);
  expect(await findMarked(basename(folder).replace('plugwire-', ''))).toEqual([]);
  expect(existsSync(folder)).toBe(false);
};
