import { basename } from 'node:path';

/** The most characters of a plugin’s name. */
const LONGEST = 64;

/** Derives the name of a plugin from its file name: in lower case, with a dash for each character that is not allowed. */
export const nameOfFile = (path: string): string => {
  const name = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST);
  return name === '' ? 'plugin' : name;
};
