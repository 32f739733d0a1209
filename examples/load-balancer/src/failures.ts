/**
 * Every error response of the balancer itself: its code, its status and its message. The messages are fixed, so they cannot contain
 * text of a request, a plugin or an upstream.
 */
export const FAILURES = {
  bad_request_target: {
    status: 400,
    message: 'the request target must be a path: /… without spaces, # or \\',
  },
  bad_host: { status: 400, message: 'the request must have one Host header' },
  method_refused: { status: 405, message: 'CONNECT and TRACE are not forwarded' },
  expectation_refused: { status: 417, message: 'the only expectation that is met is 100-continue' },
  too_many_headers: { status: 431, message: 'the request has too many headers' },
  transfer_coding_refused: { status: 501, message: 'the only transfer coding that is understood is chunked' },
  upgrade_refused: {
    status: 501,
    message: 'connections are not upgraded here: send the request without Upgrade',
  },
  plugin_failed: { status: 502, message: 'the request could not be prepared: a plugin gave no answer' },
  plugin_refused: {
    status: 502,
    message: 'the request could not be prepared: what a plugin answered was refused',
  },
  upstream_unreachable: { status: 502, message: 'no upstream could be reached' },
  upstream_failed: { status: 502, message: 'the upstream failed before it answered' },
  nothing_kept: { status: 503, message: 'the filter kept no upstream for this request' },
  upstream_timeout: { status: 504, message: 'the upstream did not answer in time' },
  internal: { status: 500, message: 'the balancer itself failed' },
} as const satisfies Record<string, { status: number; message: string }>;

export type FailureCode = keyof typeof FAILURES;

/** A request that failed with one of {@link FAILURES}. */
export interface Failure {
  readonly ok: false;
  readonly code: FailureCode;
}

export const failure = (code: FailureCode): Failure => ({ ok: false, code });
