import type { DispatchStage } from '@plugwire/wire';

import type { DispatchError } from '../outcomes/dispatch-outcome.ts';

/** Where an answer is read. At `plugin_call`, it took too long to read, or it is too complex. */
const READING: ReadonlySet<DispatchStage> = new Set([
  'plugin_call',
  'deserialize_response',
  'response_envelope',
  'response_decode',
]);

/** The contract's own code failed on an answer: its author has to fix that, and other plugins would meet it too. */
const CONTRACT_FAULTS: ReadonlySet<string> = new Set(['codec_threw', 'adapter_threw', 'adapter_mismatch']);

/**
 * Whether an answer that could not be read counts against the plugin that gave it, at its breaker. `docs/limits.md` lists
 * the codes.
 */
export const isPluginFault = ({ stage, code }: DispatchError): boolean =>
  READING.has(stage) && !(stage === 'response_decode' && CONTRACT_FAULTS.has(code));
