/**
 * Every answer that the proxy gives itself: its code, its status and what the client reads. The texts are fixed, so that nothing of a request,
 * of a plugin's words or of a server's error can be in them.
 */
export const FAILURES = {
  bad_request_target: {
    status: 400,
    message: 'the request target must be http://host/path, or CONNECT host:port',
  },
  target_forbidden: { status: 403, message: 'the proxy may not connect to this target' },
  stream_refused: { status: 403, message: 'a plugin refused the stream' },
  body_too_large: { status: 413, message: 'the body is larger than what a guarding plugin can see' },
  answer_too_large: { status: 502, message: 'the answer is larger than what a guarding plugin can see' },
  plugin_failed: { status: 502, message: 'a guarding plugin gave no answer' },
  plugin_refused: { status: 502, message: 'what a plugin answered is not an HTTP message' },
  server_unreachable: { status: 502, message: 'the server could not be reached' },
  server_failed: { status: 502, message: 'the server failed before it answered' },
  too_many_streams: { status: 503, message: 'the proxy has too many streams' },
  server_timeout: { status: 504, message: 'the server did not answer in time' },
  internal: { status: 500, message: 'the proxy itself failed' },
} as const satisfies Record<string, { status: number; message: string }>;

export type FailureCode = keyof typeof FAILURES;

/** The body of a failure. */
export const failureBody = (code: FailureCode): string =>
  `${JSON.stringify({ error: { code, message: FAILURES[code].message } })}\n`;
