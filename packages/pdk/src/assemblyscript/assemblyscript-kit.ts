import type { KitFile, LanguageKit } from '../kit/kit.ts';
import { readKitSources } from '../kit/kit-sources.ts';
import { emitAsconfig, emitIdentity } from './emit-build.ts';
import { emitExports } from './emit-exports.ts';
import { emitHost } from './emit-host.ts';
import { emitIndex } from './emit-index.ts';
import { emitProject } from './emit-project.ts';
import { emitReaders } from './emit-readers.ts';
import { emitTypes } from './emit-types.ts';
import { emitWriters } from './emit-writers.ts';

const FOLDER = 'assembly/kit';

const GENERATED = '// Generated from the contract. Do not edit: `plugwire generate` replaces this file.\n';

/** The kit for AssemblyScript. It has classes for the messages, and an entry file that calls the functions of `assembly/index.ts`. */
export const assemblyscriptKit: LanguageKit = {
  folder: FOLDER,
  emitKit: (plan) => {
    const files: readonly (readonly [string, string])[] = [
      ['exports.ts', emitExports(plan)],
      ['host.ts', emitHost(plan)],
      ['identity.mjs', emitIdentity(plan.plugin)],
      ['index.ts', emitIndex()],
      ['read.ts', emitReaders(plan)],
      ['types.ts', emitTypes(plan)],
      ['write.ts', emitWriters(plan)],
    ];
    return [
      ...files.map(([name, text]): KitFile => ({ path: `${FOLDER}/${name}`, text: GENERATED + text })),
      { path: `${FOLDER}/asconfig.json`, text: emitAsconfig(FOLDER) },
      ...readKitSources('assemblyscript', `${FOLDER}/runtime`),
    ];
  },
  emitProject,
};
