import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** How the names of files begin that are being written. */
export const TEMPORARY_PREFIX = '.new-';

/**
 * Writes a file so that a reader finds all of it or none, whenever the process is killed: next to its place, then flushed, then moved there.
 *
 * `first_wins` leaves a file that is there already as it is, and returns false. `replaces` puts the new one in its place. Several processes may
 * write at once. Rejects with what the file system says.
 */
export const writeAtomically = async (
  path: string,
  content: string | Uint8Array,
  mode: 'first_wins' | 'replaces',
): Promise<boolean> => {
  const folder = dirname(path);
  const temporary = join(folder, `${TEMPORARY_PREFIX}${randomBytes(8).toString('hex')}-${basename(path)}`);
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode === 'replaces') await rename(temporary, path);
    else if (!(await linkIfFree(temporary, path))) return false;
    await syncFolder(folder);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
};

const linkIfFree = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
};

/** Makes the name itself survive a power cut. Windows cannot open a folder, and needs nothing for it. */
const syncFolder = async (folder: string): Promise<void> => {
  let handle;
  try {
    handle = await open(folder, 'r');
  } catch {
    return;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
