/**
 * Every error response of the balancer itself: its code, its status and its message. The messages are fixed, so they cannot contain
 * text of a request, a plugin or an upstream.
 */
export const FAILURES = {
  bad_request_target: {
    status: 400,
    message: 'the request target is not valid: expected a path without spaces, # and \\',
  },
  bad_host: { status: 400, message: 'the request has several Host headers: expected one' },
  method_refused: { status: 405, message: 'CONNECT and TRACE are not forwarded' },
  expectation_refused: { status: 417, message: 'the expectation is not supported: expected 100-continue' },
  too_many_headers: { status: 431, message: 'the request has too many headers' },
  transfer_coding_refused: { status: 501, message: 'the transfer coding is not supported: expected chunked' },
  upgrade_refused: {
    status: 501,
    message: 'upgrades are not supported: send the request without Upgrade',
  },
  plugin_failed: { status: 502, message: 'the request could not be prepared: a plugin failed' },
  plugin_refused: {
    status: 502,
    message: 'the request could not be prepared: a plugin returned an invalid request',
  },
  upstream_unreachable: { status: 502, message: 'no upstream could be reached' },
  upstream_failed: { status: 502, message: 'the connection to the upstream failed before the response' },
  nothing_kept: { status: 503, message: 'the filter kept no upstream for this request' },
  upstream_timeout: { status: 504, message: 'the upstream did not respond in time' },
  internal: { status: 500, message: 'internal error of the balancer' },
} as const satisfies Record<string, { status: number; message: string }>;

export type FailureCode = keyof typeof FAILURES;

/** A request that failed with one of {@link FAILURES}. */
export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
}

export const failure = (code: FailureCode): Failure => ({ ok: false, code });
