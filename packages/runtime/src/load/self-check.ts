import { buildSelfCheckRequest, checkSelfCheck, PROTOCOL_LIMITS } from '@plugwire/wire';

import { loadError } from '../outcomes/load-error.ts';
import { callPhase } from './load-phase.ts';
import type { GuestService } from '../sandbox/guest-service.ts';

const SELF_CHECK_EXPORT = 'cc_lb_self_check';

const SELF_CHECK_LIMITS = {
  deadlineMs: PROTOCOL_LIMITS.selfCheckMs,
  fuel: PROTOCOL_LIMITS.selfCheckFuel,
  outputBytes: PROTOCOL_LIMITS.selfCheckOutputBytes,
};

/**
 * Calls the plugin's self-check, in which the plugin round-trips its samples of the negotiated functions.
 *
 * Throws `PluginLoadError` `self_check`.
 */
export const performSelfCheck = (
  service: GuestService,
  functionNames: ReadonlySet<string>,
  negotiated: readonly string[],
  nowUnixSecs: number,
  revealGuestErrors: boolean,
): void => {
  if (!functionNames.has(SELF_CHECK_EXPORT)) {
    throw loadError(
      'self_check',
      'export_missing',
      `the module exports no function ${SELF_CHECK_EXPORT}: build it as a cc-lb plugin.`,
    );
  }
  const request = JSON.stringify(buildSelfCheckRequest(negotiated, nowUnixSecs));
  const text = callPhase(
    service,
    'self_check',
    SELF_CHECK_EXPORT,
    request,
    SELF_CHECK_LIMITS,
    revealGuestErrors,
  );
  const result = checkSelfCheck(text);
  if (result.ok) return;
  const words = revealGuestErrors && result.guestText !== undefined ? ` It says: ${result.guestText}` : '';
  throw loadError('self_check', result.code, `the plugin’s answer ${result.message}.${words}`);
};
