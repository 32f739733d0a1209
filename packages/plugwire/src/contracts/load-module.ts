import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

import * as runtime from '@plugwire/runtime';
import * as wire from '@plugwire/wire';
import * as intercept from '@plugwire/wire/intercept';
import * as loadBalancer from '@plugwire/wire/load-balancer';
import * as zod from 'zod';

import { CommandError } from '../base/failure.ts';
import { findPackage, sharePackages } from './share-packages.ts';

/** Contracts and host functions are only known to the copies of these that made them. */
const OWN_PACKAGES = {
  '@plugwire/wire': wire,
  '@plugwire/wire/intercept': intercept,
  '@plugwire/wire/load-balancer': loadBalancer,
  '@plugwire/runtime': runtime,
} as const;

/**
 * Imports a module of the user’s, in TypeScript or JavaScript, and gives its exports. Packages of Plugwire that it imports are those of
 * this command. `zod` is the user’s, if there is one.
 *
 * Throws `CommandError`: `system` for a file that is not there, `input` for one that throws or does not compile.
 */
export const loadModule = async (file: string): Promise<Readonly<Record<string, unknown>>> => {
  const path = resolve(file);
  if (!existsSync(path))
    throw new CommandError('system', `${file}: there is no such file. Check the path.`, 'ENOENT');
  sharePackages(Object.keys(OWN_PACKAGES), path);
  // It takes a while to load, and contracts in JSON do without it.
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
      `${file}: importing it failed: ${messageOf(error)}. Run the file with node to find out more, and correct it.`,
      'import_failed',
    );
  }
};

/** The first line says what happened; the rest quotes code and stacks. */
const messageOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  return (text.split('\n')[0] ?? '').trim().replace(/\.$/, '') || 'it threw an error without a message';
};
