import { readdirSync, readFileSync } from 'node:fs';

import type { KitFile, LanguageKit } from '../kit.ts';
import { createConstants } from './c-types.ts';
import { emitContract } from './emit-contract.ts';
import { emitHeader } from './emit-header.ts';
import { emitHostHeader, emitHostSource } from './emit-host-functions.ts';
import { emitProject } from './emit-project.ts';

const FOLDER = 'kit';
/** What does not depend on the contract: the same from `src` and from `dist`. */
const RUNTIME = new URL('../../kits/c/', import.meta.url);

const KIT_HEADER = `// All that a plugin includes. \`plugwire generate\` replaces this file.
#ifndef PLUGWIRE_KIT_H
#define PLUGWIRE_KIT_H

#include "contract.h"
#include "host.h"
#include "plugwire.h"

#endif
`;

/** Kits in C for clang: freestanding, without a C library. Types are described by tables, which one decoder and one encoder read. */
export const cKit: LanguageKit = {
  folder: FOLDER,
  emitKit: (plan) => {
    const constants = createConstants(plan.types);
    const generated = {
      'contract.c': emitContract(plan),
      'contract.h': emitHeader(plan, constants),
      'host.c': emitHostSource(plan),
      'host.h': emitHostHeader(plan),
      'kit.h': KIT_HEADER,
    };
    return [
      ...Object.entries(generated).map(([name, text]): KitFile => ({ path: `${FOLDER}/${name}`, text })),
      ...runtimeFiles(),
    ].toSorted((one, other) => (one.path < other.path ? -1 : 1));
  },
  emitProject,
};

const runtimeFiles = (): readonly KitFile[] =>
  readdirSync(RUNTIME)
    .filter((name) => /\.[ch]$/.test(name))
    .map((name) => ({ path: `${FOLDER}/${name}`, text: readFileSync(new URL(name, RUNTIME), 'utf8') }));
