import { readFileSync } from 'node:fs';

import type { Language } from '../base/language.ts';
import type { KitFile } from './kit.ts';

const FOLDER = new URL('../../templates/', import.meta.url);

/** The version of this package, which is also that of the `plugwire` command. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/**
 * Fills in the template `templates/<language>/<name>`: replaces `@KEY@` by the value of `KEY`, and `@PLUGWIRE_VERSION@` by the version of
 * this package. Unknown keys stay as they are.
 */
export const fillTemplate = (
  language: Language,
  name: string,
  values: Readonly<Record<string, string>>,
  more: Partial<KitFile> = {},
): KitFile => ({
  path: name,
  text: readFileSync(new URL(`${language}/${name}`, FOLDER), 'utf8').replaceAll(
    /@([A-Z_]+)@/g,
    (mark, key: string) => (key === 'PLUGWIRE_VERSION' ? version : (values[key] ?? mark)),
  ),
  ...more,
});
