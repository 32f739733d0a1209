import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isPluginName } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { createInOrder } from '../base/in-order.ts';
import { writeAtomically } from './write-atomically.ts';

/** Names that are disabled across restarts: a file for each. */
export interface DisabledNames {
  has(name: string): boolean;
  /** Rejects with what the file system says. Changes are made in the order of the calls. */
  set(name: string, isDisabled: boolean): Promise<void>;
}

const ENDING = '.json';

/** Reads the names in a folder. It is created when the first name is disabled; one that cannot be read has none. Never rejects. */
export const openDisabledNames = async (folder: string): Promise<DisabledNames> => {
  const files = await readdir(folder).catch(() => []);
  const names = new Set(
    files
      .filter((file) => file.endsWith(ENDING))
      .map((file) => file.slice(0, -ENDING.length))
      .filter(isPluginName),
  );
  const inOrder = createInOrder();
  return {
    has: (name) => names.has(name),
    set: async (name, isDisabled) =>
      await inOrder(async () => {
        const file = join(folder, `${name}${ENDING}`);
        if (isDisabled) {
          await mkdir(folder, { recursive: true });
          const text = `${JSON.stringify({ name, disabledAtUnixMs: clock.unixMs() })}\n`;
          await writeAtomically(file, text, 'replaces');
          names.add(name);
        } else if (names.has(name)) {
          await rm(file, { force: true });
          names.delete(name);
        }
      }),
  };
};
