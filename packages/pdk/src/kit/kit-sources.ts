import { readdirSync, readFileSync } from 'node:fs';

import type { Language } from '../base/language.ts';
import type { KitFile } from './kit.ts';

const FOLDER = new URL('../../kits/', import.meta.url);

/** The part of a language's kit that no contract changes, as files of the folder `to`. They are in `kits/<language>` of this package. */
export const readKitSources = (language: Language, to: string): readonly KitFile[] => {
  const folder = new URL(`${language}/`, FOLDER);
  return readdirSync(folder)
    .toSorted()
    .map((file) => ({ path: `${to}/${file}`, text: readFileSync(new URL(file, folder), 'utf8') }));
};
