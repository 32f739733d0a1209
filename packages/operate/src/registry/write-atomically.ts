import { randomBytes } from 'node:crypto';
import { link, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** The prefix of files that are being written. */
export const TEMPORARY_PREFIX = '.new-';

/**
 * Writes a file atomically, so that readers see the complete file or none, even if the process is killed. It writes a temporary file in the
 * same folder, flushes it, and renames it.
 *
 * `first_wins` keeps an existing file and returns false. `replaces` replaces an existing file. Several processes may write at once. Rejects
 * with the error of the file system.
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

/** Flushes the folder, so that the new name is kept after a power failure. Windows does not need this and cannot open folders. */
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
