import type { ModuleDescription } from '@plugwire/runtime';

import { showBytes } from '../output/units.ts';

/** A remark about a module for its author. */
export interface ModuleNote {
  /** `warning`: hosts refuse the module, or it should not be shipped like this. */
  readonly level: 'warning' | 'note';
  readonly text: string;
}

/** A module was not optimised if a larger share of its instructions moves locals. Measured: 0.63 at -O0, 0.24 to 0.39 optimised. */
const UNOPTIMISED = 0.5;

/** Returns what an author should know before the plugin is shipped. */
export const findNotes = (module: ModuleDescription): readonly ModuleNote[] => {
  const { identity, metering, debugInfo, localMoves, imports } = module;
  const notes: ModuleNote[] = [];
  const warn = (text: string): void => void notes.push({ level: 'warning', text });
  if (!identity.ok && identity.code === 'section_missing')
    warn('It has no identity. Add one with plugwire identity FILE --name NAME --version VERSION.');
  else if (!identity.ok) warn(`Its identity is refused: ${identity.message}`);
  if (!metering.ok) warn(`Hosts refuse it at the default limits: ${metering.message}.`);
  if (debugInfo.bytes > 0)
    warn(`It contains ${showBytes(debugInfo.bytes)} of debug information. Strip it, or build for release.`);
  if (localMoves > UNOPTIMISED)
    warn('It looks like a debug build. Build it with optimisation, such as --release or -Os.');
  if (debugInfo.nameBytes > 0)
    notes.push({
      level: 'note',
      text: `The names of its functions take ${showBytes(debugInfo.nameBytes)}. Strip them if size matters.`,
    });
  if (imports.some(({ provider }) => provider === 'wasi'))
    notes.push({ level: 'note', text: 'It imports WASI. Hosts have to load it with wasi: true.' });
  const foreign = imports.filter(({ provider }) => provider === 'host');
  if (foreign.length > 0)
    notes.push({
      level: 'note',
      text: 'Some imports are not part of the protocol. A host that does not provide them refuses the plugin.',
    });
  return notes;
};
