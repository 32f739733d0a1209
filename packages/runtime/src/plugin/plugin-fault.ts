import type { DispatchStage } from '@plugwire/wire';

import type { DispatchError } from '../outcomes/dispatch-outcome.ts';

/** The stages in which an answer is read. At `plugin_call` the answer took too long to read or is too complex. */
const READING: ReadonlySet<DispatchStage> = new Set([
  'plugin_call',
  'deserialize_response',
  'response_envelope',
  'response_decode',
]);

/** Codes for failures of the contract's own code. They are not the plugin's fault, and other plugins cause them too. */
const CONTRACT_FAULTS: ReadonlySet<string> = new Set(['codec_threw', 'adapter_threw', 'adapter_mismatch']);

/**
 * Returns whether an unreadable answer counts as a failure at the plugin's breaker. `docs/limits.md` lists the codes.
 */
export const isPluginFault = ({ stage, code }: DispatchError): boolean =>
  READING.has(stage) && !(stage === 'response_decode' && CONTRACT_FAULTS.has(code));
