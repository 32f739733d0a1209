import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../kits/go/', import.meta.url);

/** The sources of the kit that are the same for every contract, by name. */
export const kitSources = (): readonly (readonly [name: string, text: string])[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.go'))
    .toSorted()
    .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')]);
