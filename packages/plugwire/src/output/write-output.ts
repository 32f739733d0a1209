import { realpath, stat, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { writeAtomically } from '@plugwire/operate';

/**
 * Writes a file atomically: readers see the old or the new content, and a failure, such as a full disk, leaves the old file unchanged.
 * Follows symbolic links. Devices and pipes are written directly. Rejects with the error of the system.
 */
export const writeOutput = async (file: string, content: string | Uint8Array): Promise<void> => {
  try {
    const target = await findTarget(file);
    if (target.isFile) await writeAtomically(target.path, content, 'replaces');
    else await writeFile(target.path, content);
  } catch (error) {
    // The error may name the temporary file, which no longer exists.
    throw error instanceof Error ? Object.assign(error, { path: file }) : error;
  }
};

/** The target of the bytes, and whether it is a file, or a path at which a file can be created. */
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
