import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import type { KitFile } from '@plugwire/pdk';

import { CommandError } from '../base/failure.ts';

const EXECUTABLE = 0o755;
const FOLDER = 0o755;

/**
 * Creates a folder with these files. The files are written to a temporary folder beside it, which is renamed at the end, so that either all
 * of them exist or none. The folder must not exist, or must be empty. Otherwise it rejects with `CommandError`.
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
      `${folder} contains ${held.length} ${held.length === 1 ? 'file' : 'files'}. Expected a folder that does not exist or is empty. Choose another folder with --folder, or run "plugwire generate" in it.`,
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
