import { type Body, discard, readBody, toStream } from '@plugwire/example-shared/body';
import type { Chain, ShownRequest } from './chain.ts';
import { type Failure, failure } from './failures.ts';
import { forUpstream, type Header } from '@plugwire/example-shared/headers';
import type { Prepared } from './signing.ts';
import type { UpstreamRequest } from './upstream-request.ts';
import type { Answer, NoAnswer, SendOptions, Upstream } from './upstream.ts';

/** A request of a client that was read and checked. */
export interface ClientRequest {
  readonly shown: ShownRequest;
  readonly plain: UpstreamRequest;
  /** The headers that the balancer adds for the upstream. They override those of plugins. */
  readonly ownHeaders: readonly Header[];
}

/** What forwarding needs, and whom it tells. */
export interface ForwardOptions extends SendOptions {
  readonly chain: Chain;
  readonly upstreams: readonly Upstream[];
  readonly shownBodyBytes: number;
  readonly onChosen: (upstream: Upstream) => void;
  readonly onAnswer: (upstream: Upstream, answer: Answer | NoAnswer) => void;
}

/**
 * Sends a request to the first reachable upstream that the chain keeps.
 *
 * Another upstream is tried only if the connection failed. Nothing was sent then, so a retry is safe for every method. A request that was sent
 * is sent again only once, to the same upstream, after a 401 for which `on_unauthorized` returns a new state. A streamed body cannot be read
 * twice, so such a request is sent at most once.
 */
export const forward = async (request: ClientRequest, options: ForwardOptions): Promise<Answer | Failure> => {
  const chosen = options.chain.choose(request.shown, options.upstreams);
  let failed = failure('nothing_kept');
  for (const upstream of chosen) {
    options.onChosen(upstream);
    const prepared = options.chain.prepare(request.shown, request.plain, upstream);
    if (!prepared.ok) return prepared;
    try {
      const answer = await send(request, prepared, upstream, options);
      if (answer.ok) {
        return answer.status === 401 ? await tryAgain(request, prepared, upstream, answer, options) : answer;
      }
      failed = failure(answer.code);
      if (answer.wasSent || request.plain.body.kind === 'stream') return failed;
    } finally {
      prepared.release();
    }
  }
  return failed;
};

const send = async (
  { ownHeaders }: ClientRequest,
  { request }: Prepared,
  upstream: Upstream,
  options: ForwardOptions,
): Promise<Answer | NoAnswer> => {
  const headers = [...forUpstream(request.headers), ...ownHeaders];
  const answer = await upstream.send({ ...request, headers }, options);
  options.onAnswer(upstream, answer);
  return answer;
};

const tryAgain = async (
  request: ClientRequest,
  prepared: Prepared,
  upstream: Upstream,
  unauthorized: Answer,
  options: ForwardOptions,
): Promise<Answer | Failure> => {
  const { chain, shownBodyBytes } = options;
  const requestId = request.shown.request_id;
  let refusal: Body;
  try {
    refusal = await readBody(unauthorized.body, shownBodyBytes);
  } catch {
    return failure('upstream_failed');
  }
  const shown = refusal.kind === 'whole' ? refusal.bytes : undefined;
  const again = chain.refresh(requestId, prepared, upstream, shown);
  if (again === undefined || request.plain.body.kind === 'stream') {
    return { ...unauthorized, body: toStream(refusal) };
  }
  discard(unauthorized.body);
  if (!again.ok) return again;
  const answer = await send(request, again, upstream, options);
  return answer.ok ? answer : failure(answer.code);
};
