import { status } from '@grpc/grpc-js';
import { callError, type CarrierAnswer } from '@plugwire/runtime';

import { NO_MESSAGE, TOO_LARGE } from './grpc-connection.ts';

/** The texts of grpc-js for a response that violates HTTP/2 or gRPC. */
const BROKEN =
  /^(Received RST_STREAM|Response message parsing error|Unhandled|Unknown HTTP status|Received HTTP status|Unary response|Too few|Stream closed|Write |Write error|Invalid|Protocol error|No status|Stream removed|Server sent|Call ended without|Call cancelled|Received unexpected|Failed to parse|Failed to decompress|Received invalid|Received more than one)/;

/** The texts of grpc-js if not exactly one message was received. */
const WRONG_COUNT: ReadonlySet<string> = new Set([NO_MESSAGE, 'Too many responses received']);

/** Returns the failure of a call that ended with a status other than OK. `details` is text of the plugin. */
export const readStatus = (code: status, details: string): CarrierAnswer => {
  if (code === status.DEADLINE_EXCEEDED) return failure('deadline');
  if (code === status.UNAVAILABLE) return failure('not_connected');
  if (status[code] === undefined || WRONG_COUNT.has(details)) return failure('call_failed');
  if (code === status.UNIMPLEMENTED)
    return failure('no_function', 'the server has no such method: compare its .proto');
  if (code === status.RESOURCE_EXHAUSTED && details.startsWith(TOO_LARGE)) return failure('output_too_large');
  if ((code === status.INTERNAL || code === status.UNKNOWN || code === status.CANCELLED) && isBroken(details))
    return failure('call_failed');
  return { ...failure('guest_error', `the status is ${status[code] ?? code}`), guestText: details };
};

const isBroken = (details: string): boolean => details === '' || BROKEN.test(details);

const failure = (
  code: Parameters<typeof callError>[0],
  detail?: string,
): CarrierAnswer & { readonly ok: false } => ({ ok: false, error: callError(code, detail) });
