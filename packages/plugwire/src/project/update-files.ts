import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';

import type { KitFile } from '@plugwire/pdk';

import { writeOutput } from '../output/write-output.ts';

/** The changes to the files of a kit, made or planned. Paths are relative to the folder of the plugin. */
export interface FileChanges {
  readonly written: readonly string[];
  readonly removed: readonly string[];
  readonly unchanged: readonly string[];
}

/** Compares the files in a folder with the expected files. Every other file in `kitFolder` is listed for removal. */
export const findFileChanges = async (
  folder: string,
  kitFolder: string,
  files: readonly KitFile[],
): Promise<FileChanges> => {
  const written: string[] = [];
  const unchanged: string[] = [];
  for (const { path, text } of files) {
    const found = await readFile(join(folder, path), 'utf8').catch(undefinedIfMissing);
    (found === text ? unchanged : written).push(path);
  }
  const wanted = new Set(files.map(({ path }) => path));
  const removed = (await filesIn(folder, kitFolder)).filter((path) => !wanted.has(path));
  return { written, removed, unchanged };
};

/** Makes the changes that {@link findFileChanges} found. Each file is replaced atomically. */
export const applyFileChanges = async (
  folder: string,
  files: readonly KitFile[],
  { written, removed }: FileChanges,
): Promise<void> => {
  for (const { path, text } of files) {
    if (!written.includes(path)) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeOutput(join(folder, path), text);
  }
  for (const path of removed) await rm(join(folder, path));
};

const filesIn = async (folder: string, kitFolder: string): Promise<readonly string[]> => {
  const entries = await readdir(join(folder, kitFolder), { recursive: true, withFileTypes: true }).catch(
    undefinedIfMissing,
  );
  return (entries ?? [])
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
};

/** A handler for the `catch` of a read: returns `undefined` if the file does not exist, and rethrows any other error. */
export const undefinedIfMissing = (error: NodeJS.ErrnoException): undefined => {
  if (error.code === 'ENOENT') return undefined;
  throw error;
};
