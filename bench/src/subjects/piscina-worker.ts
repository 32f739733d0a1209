/**
 * The code that runs in piscina's worker: the plugin, loaded once.
 *
 * @module
 */
import { createSandbox, defineHostFunction } from '@plugwire/runtime';
import { workerData } from 'piscina';

import { LIMITS } from './plugwire.ts';

const { plugin, name } = workerData as { readonly plugin: Uint8Array; readonly name: string };

/** The measured functions do not log, but the plugin imports this function. */
const log = defineHostFunction({ name: 'cc_lb_log', parameters: ['text', 'text'], run: () => {} });

const sandbox = createSandbox(plugin, {
  limits: LIMITS,
  hostFunctions: [log],
});

/** A task: takes a text and returns a text. Piscina calls the default export. */
const call = async (input: string): Promise<string> =>
  Buffer.from((await sandbox).call(name, input) ?? []).toString();

export default call;
