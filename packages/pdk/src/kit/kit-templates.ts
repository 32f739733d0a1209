import { readFileSync } from 'node:fs';

import type { Language } from '../base/language.ts';
import type { KitFile } from './kit.ts';

const FOLDER = new URL('../../templates/', import.meta.url);

/** Fills in the template `templates/<language>/<name>`: replaces `@KEY@` by the value of `KEY`. Unknown keys stay as they are. */
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
