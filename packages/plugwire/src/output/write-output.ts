import { realpath, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { writeAtomically } from '@plugwire/operate';

/**
 * Writes a file so that a reader finds the old or the new one, whatever happens: a full disk leaves the old one as it was. A link is
 * followed. What is not a file, such as a device or a pipe, is written as it is. Rejects with the error of the system.
 */
export const writeOutput = async (file: string, content: string | Uint8Array): Promise<void> => {
  try {
    const target = await findTarget(file);
    if (target.isFile) await writeAtomically(target.path, content, 'replaces');
    else await writeFile(target.path, content);
  } catch (error) {
    // Its own path may be that of the new file, which is gone.
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  }
};

/** Where the bytes go, and whether that is a file or a place for one. */
const findTarget = async (file: string): Promise<{ readonly path: string; readonly isFile: boolean }> => {
  try {
    const path = await realpath(file);
    const facts = await stat(path);
    return { path, isFile: facts.isFile() };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { path: resolve(file), isFile: true };
  }
};
