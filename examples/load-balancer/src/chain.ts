import type { RequestOf } from '@plugwire/wire';
import { filter, normalizeError, type observe, shape } from '@plugwire/wire/load-balancer';

import type { BalancerPlugins } from './balancer-plugins.ts';
import { optionsFor } from './dispatch-options.ts';
import { type Failure, failure } from './failures.ts';
import { fromBase64 } from '@plugwire/example-shared/headers';
import { createSigning, type Prepared, type Signing } from './signing.ts';
import { checkShaped, type UpstreamRequest } from './upstream-request.ts';
import { UPSTREAM, type Upstream } from './upstream.ts';

/** The request of a client, as plugins see it. */
export type ShownRequest = RequestOf<typeof shape>['request'];

/** An event of a request, as observers see it. */
export type RequestEvent = RequestOf<typeof observe>['events'][number];

export interface Chain {
  /** Calls `filter`. Returns the upstreams to try, in order. They take turns at being first. */
  choose(request: ShownRequest, upstreams: readonly Upstream[]): Upstream[];
  /** Calls `shape` and `sign`, and `build_signer` once for each plugin version and upstream. */
  prepare(request: ShownRequest, plain: UpstreamRequest, upstream: Upstream): Prepared | Failure;
  /** Calls `on_unauthorized`, and `sign` if it returns a new state. */
  readonly refresh: Signing['refresh'];
  /** Calls `normalize_error`. Returns the new body, or `undefined` to keep this one. */
  normalize(requestId: string, status: number, body: Buffer): Buffer | undefined;
  observe(requestId: string, events: RequestEvent[]): void;
}

/** This balancer does not authenticate clients. If yours does, set the principal here. */
const PRINCIPAL = { id: 'anonymous', kind: 'anonymous', claims: {} };

/**
 * Creates the chain: the dispatches of a request in order, and the effect of each fallback.
 *
 * Each step uses the current plugins, so a request can continue with a new version. The exception is the signer: the version that signed a request
 * also handles its 401, because another version cannot use its state.
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
    // The candidates that the last plugin kept, or all of them if the default was applied (`use_default`) or there are no plugins.
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
    // `fail_request`: the request must not be sent without the plugin's changes.
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
      // `pass_through`: the error stays unchanged.
      if (outcome?.kind !== 'ok' || outcome.response.body_base64 === null) return undefined;
      const normal = fromBase64(outcome.response.body_base64);
      if (normal === undefined) onRefused(normalizeError.name, 'body_not_base64');
      return normal;
    },
    observe: (requestId, events) => {
      // `silent_skip`: the outcome is ignored.
      plugins().observer.dispatchSync({ events }, optionsFor(requestId));
    },
  };
};

/** Rotates the upstreams by one for each request, so that they take turns. */
const rotate = (upstreams: readonly Upstream[], turn: number): Upstream[] => {
  const at = upstreams.length === 0 ? 0 : turn % upstreams.length;
  return [...upstreams.slice(at), ...upstreams.slice(0, at)];
};

/** Returns an upstream as `filter` sees it. If your balancer measures rate limits or quotas, add them here. */
const toCandidate = ({ id, name }: Upstream): RequestOf<typeof filter>['candidates'][number] => ({
  upstream_id: id,
  name,
  kind: UPSTREAM.kind,
  observed_rate_limits: [],
  subscription_quotas: [],
  observed_at_unix_secs: Math.floor(Date.now() / 1000),
});
