import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';

import { expect } from 'vitest';

import { findMarked } from '../launch/kill-marked.ts';

/** Folders of processes that were started by any host of this machine. */
export const folders = (): readonly string[] =>
  readdirSync(tmpdir()).filter((name) => /^plugwire-[0-9a-f]{16}$/.test(name));

/** Fails if something of the processes with such a folder is left. */
export const expectNothingLeft = async (of: readonly string[]): Promise<void> => {
  for (const folder of of) expect(await findMarked(folder.replace('plugwire-', ''))).toEqual([]);
  expect(folders().filter((folder) => of.includes(folder))).toEqual([]);
};
