import { basename } from 'node:path';

/** The longest name of a plugin. */
const LONGEST = 64;

/** A name for a plugin, made of that of its file: lower case, with a dash for whatever a name may not have. */
export const nameOfFile = (path: string): string => {
  const name = basename(path)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST);
  return name === '' ? 'plugin' : name;
};
