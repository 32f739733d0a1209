/**
 * Every error response of the proxy: its code, its status and the message for the client. The messages are constants. They never contain data of
 * a request, of a plugin or of a server.
 */
export const FAILURES = {
  bad_request_target: {
    status: 400,
    message: 'the request target is not valid: expected http://host/path, or CONNECT host:port',
  },
  target_forbidden: { status: 403, message: 'the proxy does not allow connections to this target' },
  stream_refused: { status: 403, message: 'a plugin refused the stream' },
  body_too_large: { status: 413, message: 'the request body is too large for a guard plugin' },
  answer_too_large: { status: 502, message: 'the response body is too large for a guard plugin' },
  plugin_failed: { status: 502, message: 'a guard plugin failed or is not available' },
  plugin_refused: { status: 502, message: 'a plugin returned an invalid HTTP message' },
  server_unreachable: { status: 502, message: 'the server could not be reached' },
  server_failed: { status: 502, message: 'the connection to the server failed before the response' },
  too_many_streams: { status: 503, message: 'the proxy has too many open streams' },
  server_timeout: { status: 504, message: 'the server did not respond in time' },
  internal: { status: 500, message: 'internal error of the proxy' },
} as const satisfies Record<string, { status: number; message: string }>;

export type FailureCode = keyof typeof FAILURES;

/** Returns the body of an error response, as JSON. */
export const failureBody = (code: FailureCode): string =>
  `${JSON.stringify({ error: { code, message: FAILURES[code].message } })}\n`;
