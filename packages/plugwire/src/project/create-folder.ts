import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import type { KitFile } from '@plugwire/pdk';

import { CommandError } from '../base/failure.ts';

const EXECUTABLE = 0o755;
const FOLDER = 0o755;

/**
 * Creates a folder with these files, all of them or none: they are written beside it and moved there at the end. The folder must not
 * exist, or be empty.
 */
export const createFolder = async (folder: string, files: readonly KitFile[]): Promise<void> => {
  const target = resolve(folder);
  const held = await readdir(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (held.length > 0)
    throw new CommandError(
      'usage',
      `${folder} holds ${held.length} ${held.length === 1 ? 'file' : 'files'}. Expected a folder that does not exist or is empty: choose another with --folder, or run "plugwire generate" in it.`,
      'folder_not_empty',
    );
  await mkdir(dirname(target), { recursive: true });
  const draft = await mkdtemp(join(dirname(target), `.${basename(target)}-`));
  try {
    for (const file of files) await writeInto(draft, file);
    await chmod(draft, FOLDER);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
};

const writeInto = async (folder: string, { path, text, isExecutable }: KitFile): Promise<void> => {
  const file = join(folder, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  if (isExecutable === true) await chmod(file, EXECUTABLE);
};
