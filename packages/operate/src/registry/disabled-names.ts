import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { isPluginName } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { createInOrder } from '../base/in-order.ts';
import { writeAtomically } from './write-atomically.ts';

/** Names that stay disabled across restarts. Each has a file. */
export interface DisabledNames {
  has(name: string): boolean;
  /** Disables or enables a name. Changes are made in the order of the calls. Rejects with the error of the file system. */
  set(name: string, isDisabled: boolean): Promise<void>;
}

const ENDING = '.json';

/** Reads the names in a folder. The folder is created when the first name is disabled. An unreadable folder has no names. Never rejects. */
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
