import type { KitFile, LanguageKit } from '../kit/kit.ts';
import { readKitSources } from '../kit/kit-sources.ts';
import { createConstants } from './c-types.ts';
import { emitContract } from './emit-contract.ts';
import { emitHeader } from './emit-header.ts';
import { emitHostHeader, emitHostSource } from './emit-host-functions.ts';
import { emitProject } from './emit-project.ts';

const FOLDER = 'kit';

const KIT_HEADER = `// The only header that a plugin needs to include. \`plugwire generate\` replaces this file.
#ifndef PLUGWIRE_KIT_H
#define PLUGWIRE_KIT_H

#include "contract.h"
#include "host.h"
#include "plugwire.h"

#endif
`;

/** The kit for C, for clang. It is freestanding and needs no C library. Tables describe the types to one decoder and one encoder. */
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
      ...readKitSources('c', FOLDER),
    ].toSorted((one, other) => (one.path < other.path ? -1 : 1));
  },
  emitProject,
};
