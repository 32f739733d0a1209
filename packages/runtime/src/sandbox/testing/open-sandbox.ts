import { type Behaviour, buildPlugin, compileWat } from '@plugwire/pdk-fixtures';
import { afterEach } from 'vitest';

import type { PluginSource } from '../../modules/read-source.ts';
import { PATIENT_LIMITS } from '../../testing/patient-limits.ts';
import { createSandbox, type Sandbox, type SandboxOptions } from '../create-sandbox.ts';

const sandboxes: Sandbox[] = [];
afterEach(() => {
  for (const sandbox of sandboxes.splice(0)) sandbox.close();
});

/** Opens a sandbox with long deadlines. It is closed when the test ends. */
export const openSandbox = async (source: PluginSource, options: SandboxOptions = {}): Promise<Sandbox> => {
  const limits = { ...PATIENT_LIMITS, ...options.limits };
  const sandbox = await createSandbox(source, { ...options, limits });
  sandboxes.push(sandbox);
  return sandbox;
};

/** Opens a sandbox for a guest with these functions, without the protocol. */
export const openFunctions = async (
  functions: Record<string, Behaviour>,
  options?: SandboxOptions,
): Promise<Sandbox> =>
  await openSandbox(
    await buildPlugin({ identity: 'none', handshake: 'none', selfCheck: 'none', functions }),
    options,
  );

/** Opens a sandbox for modules in WebAssembly text, linked by name. A single text is the main module. */
export const openModules = async (
  modules: string | Readonly<Record<string, string>>,
  options?: SandboxOptions,
): Promise<Sandbox> => {
  const named = typeof modules === 'string' ? { main: modules } : modules;
  const sources = Object.entries(named).map(async ([name, wat]) => ({ name, source: await compileWat(wat) }));
  return await openSandbox({ modules: await Promise.all(sources) }, options);
};
