/**
 * What runs in piscina's worker: the plugin, loaded once.
 *
 * @module
 */
import { createSandbox } from '@plugwire/runtime';
import { workerData } from 'piscina';

import { LIMITS } from './plugwire.ts';

const { plugin, name } = workerData as { readonly plugin: Uint8Array; readonly name: string };

const sandbox = createSandbox(plugin, {
  limits: LIMITS,
  hostFunctions: { 'extism:host/user': { cc_lb_log: () => undefined } },
});

/** One task: a text in, a text out. Piscina calls the default export. */
const call = async (input: string): Promise<string> =>
  Buffer.from((await sandbox).call(name, input) ?? []).toString();

export default call;
