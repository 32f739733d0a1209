import type { Plugin } from '@plugwire/runtime';
import type { RequestOf } from '@plugwire/wire';
import { filter, normalizeError, observe, shape } from '@plugwire/wire/load-balancer';

import { type Failure, failure } from './failures.ts';
import { fromBase64 } from './headers.ts';
import { readDecisions } from './read-decisions.ts';
import { createReferenceCounts } from './reference-counts.ts';
import { createSigning, type Prepared, type Signing } from './signing.ts';
import { checkShaped, type UpstreamRequest } from './upstream-request.ts';
import { UPSTREAM, type Upstream } from './upstream.ts';

/** The roles of a chain. `signer` serves `build_signer`, `sign` and `on_unauthorized`, since its state is its own. */
export const ROLES = ['filter', 'shape', 'signer', 'normalizer', 'observer'] as const;
export type Role = (typeof ROLES)[number];

/** Who is in charge of what. A role may have no plugin: then the balancer goes on as if there were no such step. */
export type ChainPlugins = Readonly<Partial<Record<Role, Plugin>>>;

/** What a client asked, as plugins see it. */
export type ShownRequest = RequestOf<typeof shape>['request'];

/** Something that happened to a request, as observers see it. */
export type RequestEvent = RequestOf<typeof observe>['events'][number];

export interface Chain {
  plugins(): ChainPlugins;
  /**
   * Puts another plugin, or none, in charge at once. Resolves when no request needs the former any more, which then can be
   * closed without harm: a signer is needed until the upstream has taken its signature.
   */
  use(role: Role, plugin: Plugin | undefined): Promise<void>;
  /** The upstreams that may serve a request, in the host's order. */
  choose(request: ShownRequest, upstreams: readonly Upstream[]): Upstream[];
  /** `shape`, then `build_signer`, once per plugin and upstream, and `sign`. */
  prepare(request: ShownRequest, plain: UpstreamRequest, upstream: Upstream): Prepared | Failure;
  /** Keeps the signer of a request from being let go until the function that comes back is called. */
  hold(prepared: Prepared): () => void;
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
  first: ChainPlugins,
  onRefused: (functionName: string, reason: string) => void,
): Chain => {
  const plugins: Partial<Record<Role, Plugin>> = { ...first };
  const references = createReferenceCounts<Plugin>();
  let turn = 0;

  const refuse = (functionName: string, reason: string): Failure => {
    onRefused(functionName, reason);
    return failure('plugin_refused');
  };
  const signing = createSigning(refuse);

  const choose: Chain['choose'] = (request, upstreams) => {
    const plugin = plugins.filter;
    if (plugin === undefined) return rotate(upstreams, turn++);
    const candidates = upstreams.map(toCandidate);
    const fields = { request_id: request.request_id };
    const outcome = plugin.dispatchSync(filter, { ...request, principal: PRINCIPAL, candidates }, { fields });
    // The plugin's decisions, or the default's, `use_default`. Without any the request did not fit, which the other steps report.
    const results = outcome.response?.results;
    if (results === undefined) return rotate(upstreams, turn++);
    const { accepted, isUnknownNamed } = readDecisions(results, upstreams);
    if (isUnknownNamed) onRefused(filter.name, 'unknown_upstream');
    return rotate(accepted, turn++);
  };

  const shapeFor = (
    request: ShownRequest,
    plain: UpstreamRequest,
  ): { readonly ok: true; readonly request: UpstreamRequest } | Failure => {
    const plugin = plugins.shape;
    if (plugin === undefined) return { ok: true, request: plain };
    const asked = { request, upstream: UPSTREAM, principal: PRINCIPAL };
    const outcome = plugin.dispatchSync(shape, asked, { fields: { request_id: request.request_id } });
    // `fail_request`: what the plugin was to take out or to put in is not known.
    if (outcome.kind === 'fallback') return failure('plugin_failed');
    const checked = checkShaped(outcome.response, plain);
    return checked.ok ? checked : refuse(shape.name, checked.refusal);
  };

  return {
    plugins: () => ({ ...plugins }),
    use: async (role, plugin) => {
      const former = plugins[role];
      if (plugin === undefined) delete plugins[role];
      else plugins[role] = plugin;
      // In charge elsewhere it goes on being needed, and is not to be closed.
      if (former === undefined || Object.values(plugins).includes(former)) return;
      await references.untilFree(former);
    },
    choose,
    prepare: (request, plain, upstream) => {
      const shaped = shapeFor(request, plain);
      return shaped.ok ? signing.sign(plugins.signer, request.request_id, shaped.request, upstream) : shaped;
    },
    hold: ({ signer }) => (signer === undefined ? () => {} : references.hold(signer.plugin)),
    refresh: signing.refresh,
    normalize: (requestId, status, body) => {
      const asked = { status, body_base64: body.toString('base64') };
      const outcome = plugins.normalizer?.dispatchSync(normalizeError, asked, {
        fields: { request_id: requestId },
      });
      // `pass_through`: the error stays as it was.
      if (outcome?.kind !== 'ok' || outcome.response.body_base64 === null) return undefined;
      const normal = fromBase64(outcome.response.body_base64);
      if (normal === undefined) onRefused(normalizeError.name, 'body_not_base64');
      return normal;
    },
    observe: (requestId, events) => {
      // `silent_skip`: whatever comes of it, nobody waits for it.
      plugins.observer?.dispatchSync(observe, { events }, { fields: { request_id: requestId } });
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
