import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import type { KitFile } from '../kit.ts';

const SOURCES = fileURLToPath(new URL('../../kits/assemblyscript/', import.meta.url));

/** The part of a kit that is the same for every contract: the files of `kits/assemblyscript`. */
export const runtimeFiles = (folder: string): readonly KitFile[] =>
  readdirSync(SOURCES)
    .toSorted()
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(`${SOURCES}/${name}`, 'utf8') }));
