import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import * as runtime from '@plugwire/runtime';
import * as wire from '@plugwire/wire';
import * as intercept from '@plugwire/wire/intercept';
import * as loadBalancer from '@plugwire/wire/load-balancer';
import * as zod from 'zod';

import { CommandError } from '../base/failure.ts';
import { findPackage, sharePackages } from './share-packages.ts';

/** Packages that a module must share with this command: they only recognise contracts and host functions that the same copy made. */
const OWN_PACKAGES = {
  '@plugwire/wire': wire,
  '@plugwire/wire/intercept': intercept,
  '@plugwire/wire/load-balancer': loadBalancer,
  '@plugwire/runtime': runtime,
} as const;

/**
 * Imports a module of the user, in TypeScript or JavaScript, and returns its exports. The Plugwire packages that it imports resolve to
 * those of this command. `zod` resolves to the user’s copy, if there is one.
 *
 * Rejects with `CommandError`: `system` if the file does not exist, `input` if it throws or does not compile.
 */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const path = resolve(file);
  if (!existsSync(path))
    throw new CommandError('system', `${file}: the file does not exist. Check the path.`, 'ENOENT');
  sharePackages(Object.keys(OWN_PACKAGES), path);
  // Imported on demand: it loads slowly, and contracts in JSON do not need it.
  const { createJiti } = await import('jiti');
  const jiti = createJiti(path, {
    fsCache: false,
    moduleCache: false,
    interopDefault: false,
    virtualModules: { ...OWN_PACKAGES, ...(findPackage('zod', path) === undefined ? { zod } : {}) },
  });
  try {
    return await jiti.import<Readonly<Record<string, unknown>>>(path);
  } catch (error) {
    throw new CommandError(
      'input',
      `${file}: the import failed: ${messageOf(error)}. Run the file with node for the full error, and correct it.`,
      'import_failed',
    );
  }
};

/** The first line of an error: the lines after it quote code and stack traces. */
const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').trim().replace(/\.$/, '') || 'it threw an error without a message';
};
