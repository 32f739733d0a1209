import type { RequestEvent } from './chain.ts';
import { FAILURES, type FailureCode } from './failures.ts';
import { UPSTREAM } from './upstream.ts';

/** The events of one request, for observers. */
export interface EventLog {
  chosen(): void;
  chunk(bytes: number): void;
  fail(code: FailureCode): void;
  failure(): FailureCode | undefined;
  finish(status: number): void;
  list(): RequestEvent[];
}

/** Creates the log of a request. It is passed to the observers once, after the request has ended, so that it delays no response. */
export const createEventLog = (requestId: string, userAgent: string | undefined): EventLog => {
  const startedMs = performance.now();
  const events: RequestEvent[] = [
    { kind: 'request_started', request_id: requestId, downstream_user_agent: userAgent ?? null },
    { kind: 'authn_complete', principal_id: 'anonymous', principal_kind: 'anonymous' },
  ];
  let chunks = 0;
  let bytesSent = 0;
  let failed: FailureCode | undefined;
  return {
    chosen: () => events.push({ kind: 'upstream_chosen', upstream: UPSTREAM }),
    chunk: (bytes) => {
      chunks += 1;
      bytesSent += bytes;
    },
    fail: (code) => {
      failed = code;
      events.push({ kind: 'error', code, message: FAILURES[code].message, source: 'balancer' });
    },
    failure: () => failed,
    finish: (status) => {
      if (chunks > 0) {
        events.push({ kind: 'chunk', batch_index: 0, event_count: chunks, total_bytes: bytesSent });
      }
      events.push({
        kind: 'request_finished',
        status,
        input_tokens: null,
        output_tokens: null,
        cache_creation_input_tokens: null,
        cache_read_input_tokens: null,
        duration_ms: Math.round(performance.now() - startedMs),
      });
    },
    list: () => events,
  };
};
