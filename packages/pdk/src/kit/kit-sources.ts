import { readdirSync, readFileSync } from 'node:fs';

import type { Language } from '../base/language.ts';
import type { KitFile } from './kit.ts';

const FOLDER = new URL('../../kits/', import.meta.url);

/** Reads the part of a language's kit that does not depend on contracts, from `kits/<language>`. Paths begin with the folder `to`. */
export const readKitSources = (language: Language, to: string): readonly KitFile[] => {
  const folder = new URL(`${language}/`, FOLDER);
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ path: `${to}/${file}`, text: readFileSync(new URL(file, folder), 'utf8') }));
};
