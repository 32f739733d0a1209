import { type Behaviour, buildPlugin, compileWat } from '@plugwire/pdk-fixtures';
import { afterEach } from 'vitest';

import type { PluginSource } from '../../modules/read-source.ts';
import { PATIENT_LIMITS } from '../../testing/patient-limits.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../create-sandbox.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.close();
});

/** A sandbox with patient limits, that is closed when the test ends. */
export const openSandbox = async (source: PluginSource, options: SandboxOptions = {}): Promise<Sandbox> => {
  const limits = { ...PATIENT_LIMITS, ...options.limits };
  const sandbox = await createSandbox(source, { ...options, limits });
  sandboxes.push(sandbox);
  return sandbox;
};

/** A sandbox around a guest with these functions, which speaks no protocol. */
export const openFunctions = async (
  functions: Record<string, Behaviour>,
  options?: SandboxOptions,
): Promise<Sandbox> =>
  await openSandbox(
    await buildPlugin({ identity: 'none', handshake: 'none', selfCheck: 'none', functions }),
    options,
  );

/** A sandbox around the modules of these texts, linked by name; one text alone is the main module. */
export const openModules = async (
  modules: string | Readonly<Record<string, string>>,
  options?: SandboxOptions,
): Promise<Sandbox> => {
  const named = typeof modules === 'string' ? { main: modules } : modules;
  const sources = Object.entries(named).map(async ([name, wat]) => ({ name, source: await compileWat(wat) }));
  return await openSandbox({ modules: await Promise.all(sources) }, options);
};
