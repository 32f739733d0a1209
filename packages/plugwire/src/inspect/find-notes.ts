import type { ModuleDescription } from '@plugwire/runtime';

import { showBytes } from '../output/units.ts';

/** Something about a module that its author should know. */
export interface ModuleNote {
  /** `warning`: it will not load, or should not be shipped so. */
  readonly level: 'warning' | 'note';
  readonly text: string;
}

/** Above this share of instructions that move locals, no optimiser was at work: measured 0.63 at -O0, and 0.24 to 0.39 optimised. */
const UNOPTIMISED = 0.5;

/** Looks for what an author should know before the plugin is shipped. */
export const findNotes = (module: ModuleDescription): readonly ModuleNote[] => {
  const { identity, metering, debugInfo, localMoves, imports } = module;
  const notes: ModuleNote[] = [];
  const warn = (text: string): void => void notes.push({ level: 'warning', text });
  if (!identity.ok && identity.code === 'section_missing')
    warn('It has no identity: add one with plugwire identity FILE --name NAME --version VERSION.');
  else if (!identity.ok) warn(`Its identity is refused: ${identity.message}`);
  if (!metering.ok) warn(`Hosts refuse it at the default limits: ${metering.message}.`);
  if (debugInfo.bytes > 0)
    warn(`It holds ${showBytes(debugInfo.bytes)} of debug information: strip it, or build it for release.`);
  if (localMoves > UNOPTIMISED)
    warn('It looks like a debug build: build it with optimisation, such as --release or -Os.');
  if (debugInfo.nameBytes > 0)
    notes.push({
      level: 'note',
      text: `The names of its functions take ${showBytes(debugInfo.nameBytes)}: strip them if size matters.`,
    });
  if (imports.some(({ provider }) => provider === 'wasi'))
    notes.push({ level: 'note', text: 'It imports WASI: hosts load it with wasi: true.' });
  const foreign = imports.filter(({ provider }) => provider === 'host');
  if (foreign.length > 0)
    notes.push({
      level: 'note',
      text: 'Some imports are not of the protocol: the host has to provide them, or it refuses the plugin.',
    });
  return notes;
};
