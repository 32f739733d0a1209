import type { RequestOf } from '@plugwire/wire';
import { filter, normalizeError, type observe, shape } from '@plugwire/wire/load-balancer';

import type { BalancerPlugins } from './balancer-plugins.ts';
import { optionsFor } from './dispatch-options.ts';
import { type Failure, failure } from './failures.ts';
import { fromBase64 } from '@plugwire/example-shared/headers';
import { createSigning, type Prepared, type Signing } from './signing.ts';
import { checkShaped, type UpstreamRequest } from './upstream-request.ts';
import { UPSTREAM, type Upstream } from './upstream.ts';

/** What a client asked, as plugins see it. */
export type ShownRequest = RequestOf<typeof shape>['request'];

/** Something that happened to a request, as observers see it. */
export type RequestEvent = RequestOf<typeof observe>['events'][number];

export interface Chain {
  /** The upstreams that may serve a request, in the host's order. */
  choose(request: ShownRequest, upstreams: readonly Upstream[]): Upstream[];
  /** `shape`, then `build_signer`, once per plugin and upstream, and `sign`. */
  prepare(request: ShownRequest, plain: UpstreamRequest, upstream: Upstream): Prepared | Failure;
  /** `on_unauthorized`, and `sign` with the new state, if there is one. */
  readonly refresh: Signing['refresh'];
  /** `normalize_error`: the body instead of this one, if any. */
  normalize(requestId: string, status: number, body: Buffer): Buffer | undefined;
  observe(requestId: string, events: RequestEvent[]): void;
}

/** Nobody is asked who they are here. A balancer with users puts its own authentication here. */
const PRINCIPAL = { id: 'anonymous', kind: 'anonymous', claims: {} };

/**
 * The dispatches of a request, in order, and what each fallback means here.
 *
 * Every step asks who is in charge at that moment, so that a request can go on with a successor. Only what a signer began
 * it must finish: its state means nothing to another.
 */
export const createChain = (
  plugins: () => BalancerPlugins,
  onRefused: (functionName: string, reason: string) => void,
): Chain => {
  let turn = 0;

  const refuse = (functionName: string, reason: string): Failure => {
    onRefused(functionName, reason);
    return failure('plugin_refused');
  };
  const signing = createSigning(refuse);

  const choose: Chain['choose'] = (request, upstreams) => {
    const asked = { ...request, principal: PRINCIPAL, candidates: upstreams.map(toCandidate) };
    const outcome = plugins().filter.dispatchSync(asked, optionsFor(request.request_id));
    const known = new Set(upstreams.map(({ id }) => id));
    for (const { outcome: said } of outcome.links) {
      if (said.response?.results.some(({ upstream_id: id }) => !known.has(id)) === true)
        onRefused(filter.name, 'unknown_upstream');
    }
    // What the last plugin left, or its default, `use_default`. Without plugins that is all of them.
    const kept = new Set(outcome.request.candidates.map(({ upstream_id: id }) => id));
    return rotate(
      upstreams.filter(({ id }) => kept.has(id)),
      turn++,
    );
  };

  const shapeFor = (
    request: ShownRequest,
    plain: UpstreamRequest,
  ): { readonly ok: true; readonly request: UpstreamRequest } | Failure => {
    const plugin = plugins().shape;
    if (plugin === undefined) return { ok: true, request: plain };
    const asked = { request, upstream: UPSTREAM, principal: PRINCIPAL };
    const outcome = plugin.dispatchSync(shape, asked, optionsFor(request.request_id));
    // `fail_request`: what the plugin was to take out or to put in is not known.
    if (outcome.kind === 'fallback') return failure('plugin_failed');
    const checked = checkShaped(outcome.response, plain);
    return checked.ok ? checked : refuse(shape.name, checked.refusal);
  };

  return {
    choose,
    prepare: (request, plain, upstream) => {
      const shaped = shapeFor(request, plain);
      return shaped.ok
        ? signing.sign(plugins().signer, request.request_id, shaped.request, upstream)
        : shaped;
    },
    refresh: signing.refresh,
    normalize: (requestId, status, body) => {
      const asked = { status, body_base64: body.toString('base64') };
      const outcome = plugins().normalizer?.dispatchSync(normalizeError, asked, optionsFor(requestId));
      // `pass_through`: the error stays as it was.
      if (outcome?.kind !== 'ok' || outcome.response.body_base64 === null) return undefined;
      const normal = fromBase64(outcome.response.body_base64);
      if (normal === undefined) onRefused(normalizeError.name, 'body_not_base64');
      return normal;
    },
    observe: (requestId, events) => {
      // `silent_skip`: whatever comes of it, nobody waits for it.
      plugins().observer.dispatchSync({ events }, optionsFor(requestId));
    },
  };
};

/** Another one first each time, so that those that are kept take turns. */
const rotate = (upstreams: readonly Upstream[], turn: number): Upstream[] => {
  const at = upstreams.length === 0 ? 0 : turn % upstreams.length;
  return [...upstreams.slice(at), ...upstreams.slice(0, at)];
};

/** An upstream as `filter` sees it. A balancer that measures its upstreams says here what it has measured. */
const toCandidate = ({ id, name }: Upstream): RequestOf<typeof filter>['candidates'][number] => ({
  upstream_id: id,
  name,
  kind: UPSTREAM.kind,
  observed_rate_limits: [],
  subscription_quotas: [],
  observed_at_unix_secs: Math.floor(Date.now() / 1000),
});
