import { readFileSync } from 'node:fs';

import type { Language } from '../base/language.ts';
import type { KitFile } from './kit.ts';

const FOLDER = new URL('../../templates/', import.meta.url);

/** Fills in a template of a language, `templates/<language>/<name>`: `@KEY@` becomes the value of `KEY`. */
export const fillTemplate = (
  language: Language,
  name: string,
  values: Readonly<Record<string, string>>,
  more: Partial<KitFile> = {},
): KitFile => ({
  path: name,
  text: readFileSync(new URL(`${language}/${name}`, FOLDER), 'utf8').replaceAll(
    /@([A-Z_]+)@/g,
    (mark, key: string) => values[key] ?? mark,
  ),
  ...more,
});
