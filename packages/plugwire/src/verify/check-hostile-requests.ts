import { setImmediate } from 'node:timers/promises';

import { createSandbox, type Sandbox, SandboxError } from '@plugwire/runtime';
import { hostileMessages } from '@plugwire/wire';

import { plainMessage } from '../base/failure.ts';
import type { ServedFunction } from '../plugin/open-plugin.ts';
import type { PluginSetup } from '../plugin/plugin-options.ts';
import { type FindingCollector, showRequest } from './collect-findings.ts';
import { MOST_LATE_CALLS, timeCall } from '../plugin/patience.ts';
import { STAND_INS } from './stand-in-functions.ts';
import type { FunctionReport } from './verification.ts';

/** Opens the plugin in a sandbox without contracts, so that any bytes can be sent to it. Rejects like `createSandbox`. */
export const openForHostileRequests = async (
  file: string,
  { hostFunctions, load }: PluginSetup,
): Promise<Sandbox> => {
  const { config = {}, limits = {}, wasi = false } = load;
  return await createSandbox(file, {
    config,
    limits,
    wasi,
    hostFunctions: [...STAND_INS, ...hostFunctions],
    revealGuestErrors: true,
  });
};

/**
 * Sends a function requests that a strict decoder refuses: wrong envelopes, missing, unknown or duplicate keys, wrong values, and invalid
 * JSON. An error that the plugin returns is correct. A trap is an error, and a response is a warning.
 */
export const checkHostileRequests = async (
  sandbox: Sandbox,
  { name, version, description }: ServedFunction,
  findings: FindingCollector,
): Promise<FunctionReport['hostile']> => {
  const counts = { sent: 0, refused: 0, accepted: 0, failed: 0 };
  const accepted: string[] = [];
  let late = 0;
  for (const { label, content } of hostileMessages(
    description.request,
    description.sample.request,
    version,
  )) {
    if (late >= MOST_LATE_CALLS) break;
    await setImmediate();
    counts.sent += 1;
    const { result: error } = timeCall(
      () => callOnce(sandbox, name, content),
      (failure) => failure?.code === 'deadline',
      Infinity,
    );
    if (error === undefined) {
      counts.accepted += 1;
      accepted.push(label);
    } else if (error.code === 'guest_error') counts.refused += 1;
    else {
      counts.failed += 1;
      if (error.code === 'deadline') late += 1;
      findings.add({
        level: 'error',
        check: 'hostile_requests',
        function: name,
        stage: 'plugin_call',
        code: error.code,
        message: `${plainMessage(error.message)}. The request has: ${label}`,
        request: typeof content === 'string' ? showRequest(content) : label,
      });
    }
  }
  if (accepted.length > 0) findings.add(acceptedFinding(name, accepted, counts.sent));
  return counts;
};

const callOnce = (sandbox: Sandbox, name: string, content: string | Uint8Array): SandboxError | undefined => {
  try {
    sandbox.call(name, content);
    return undefined;
  } catch (error) {
    if (error instanceof SandboxError) return error;
    throw error;
  }
};

const SHOWN_LABELS = 5;

const acceptedFinding = (name: string, labels: readonly string[], sent: number) =>
  ({
    level: 'warning',
    check: 'hostile_requests',
    function: name,
    stage: 'plugin_call',
    code: 'accepted',
    message: `it accepted ${labels.length} of ${sent} requests that violate the contract, such as: ${labels.slice(0, SHOWN_LABELS).join('; ')}`,
    advice:
      'A host never sends such requests. But a strict decoder, like that of the kits, finds mistakes between versions early.',
  }) as const;
