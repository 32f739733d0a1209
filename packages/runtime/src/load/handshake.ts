import { createHash } from 'node:crypto';

import {
  canonicalOffer,
  checkAccept,
  PROTOCOL_LIMITS,
  showName,
  type HandshakeAccept,
  type HandshakeOffer,
} from '@plugwire/wire';

import { loadError } from '../outcomes/load-error.ts';
import { callPhase } from './load-phase.ts';
import type { GuestService } from '../sandbox/guest-service.ts';

const HANDSHAKE_EXPORT = 'cc_lb_handshake';

const HANDSHAKE_LIMITS = {
  deadlineMs: PROTOCOL_LIMITS.handshakeMs,
  fuel: PROTOCOL_LIMITS.handshakeFuel,
  outputBytes: PROTOCOL_LIMITS.handshakeOutputBytes,
};

/**
 * Returns the SHA-256 of an offer's canonical form, as 64 hexadecimal digits. Equal offers have equal hashes.
 *
 * @example
 * hashOffer(buildOffer([greet], ['log']));
 */
export const hashOffer = (offer: HandshakeOffer): string =>
  createHash('sha256').update(canonicalOffer(offer)).digest('hex');

/**
 * Performs the handshake: sends the offer, and checks the plugin's answer against the offer and the module's exports.
 *
 * Throws `PluginLoadError` `handshake`.
 */
export const performHandshake = (
  service: GuestService,
  functionNames: ReadonlySet<string>,
  offer: HandshakeOffer,
  revealGuestErrors: boolean,
): HandshakeAccept => {
  if (!functionNames.has(HANDSHAKE_EXPORT)) {
    throw loadError(
      'handshake',
      'export_missing',
      `the module exports no function ${HANDSHAKE_EXPORT}: build it as a cc-lb plugin.`,
    );
  }
  const text = callPhase(
    service,
    'handshake',
    HANDSHAKE_EXPORT,
    canonicalOffer(offer),
    HANDSHAKE_LIMITS,
    revealGuestErrors,
  );
  const result = checkAccept(offer, text);
  if (!result.ok) throw loadError('handshake', result.code, `the plugin’s accept ${result.message}.`);
  checkExports(result.accept, functionNames, offer);
  if (Object.keys(result.accept.chosen_versions).length === 0) {
    throw loadError(
      'handshake',
      'no_common_function',
      `the plugin implements no function of this host at a common version: expected at least one of ${Object.keys(offer.function_versions).join(', ') || 'none'}. Load another plugin or a newer version.`,
    );
  }
  return result.accept;
};

const checkExports = (
  accept: HandshakeAccept,
  functionNames: ReadonlySet<string>,
  offer: HandshakeOffer,
): void => {
  const declared = new Set(accept.implemented_functions);
  for (const name of declared) {
    if (!functionNames.has(name)) {
      throw loadError(
        'handshake',
        'function_not_exported',
        `the plugin declares ${showName(name)} but its module does not export it: export it, or remove it from implemented_functions.`,
      );
    }
  }
  for (const name of Object.keys(offer.function_versions)) {
    if (functionNames.has(name) && !declared.has(name)) {
      throw loadError(
        'handshake',
        'function_not_declared',
        `the module exports ${showName(name)} but the plugin does not declare it: add it to implemented_functions, or remove the export.`,
      );
    }
  }
};
