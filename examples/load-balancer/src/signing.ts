import { OperateError, type PinnedVersion, type PluginHandle, type VersionFacts } from '@plugwire/operate';
import type { JsonValue } from '@plugwire/wire';
import { buildSigner, onUnauthorized, sign as signFunction } from '@plugwire/wire/load-balancer';

import { optionsFor } from './dispatch-options.ts';
import { type Failure, failure } from './failures.ts';
import { checkShaped, toShaped, type UpstreamRequest } from './upstream-request.ts';
import { UPSTREAM, type Upstream } from './upstream.ts';

/** A request that is ready for its upstream. */
export interface Prepared {
  readonly ok: true;
  readonly request: UpstreamRequest;
  /** The request before it was signed, for a retry. */
  readonly unsigned: UpstreamRequest;
  readonly signer: { readonly version: PinnedVersion; readonly state: JsonValue } | undefined;
  /** Releases the signer's version. Until then, it stays loaded, even after a swap. */
  release(): void;
}

/** Signs requests, and keeps the states of signers. */
export interface Signing {
  /**
   * Calls `build_signer` once for each version and upstream, then `sign`. Without a plugin, the request stays unchanged. The version that signs is
   * pinned until `release`, because another version cannot use its state.
   */
  sign(
    plugin: PluginHandle | undefined,
    requestId: string,
    unsigned: UpstreamRequest,
    upstream: Upstream,
  ): Prepared | Failure;
  /** Calls `on_unauthorized`, and `sign` if it returns a new state. Returns `undefined` if the request should not be sent again. */
  refresh(
    requestId: string,
    prepared: Prepared,
    upstream: Upstream,
    refusal: Buffer | undefined,
  ): Prepared | Failure | undefined;
}

/** The decision of `on_unauthorized` to try again. Any other word means to give up. */
const REFRESH = 'refresh';

/** Creates the signing, without any states. `refuse` counts a refused answer and returns the failure. */
export const createSigning = (refuse: (functionName: string, reason: string) => Failure): Signing => {
  const states = new WeakMap<VersionFacts, Map<string, JsonValue>>();

  const stateFor = (
    { facts, dispatchSync }: Pick<PinnedVersion, 'facts' | 'dispatchSync'>,
    upstream: Upstream,
    requestId: string,
  ): JsonValue | undefined => {
    const own = states.get(facts) ?? new Map<string, JsonValue>();
    states.set(facts, own);
    const known = own.get(upstream.id);
    if (known !== undefined) return known;
    const asked = { upstream: UPSTREAM, factory_state: upstream.factoryState ?? {} };
    const outcome = dispatchSync(buildSigner, asked, optionsFor(requestId));
    if (outcome.kind === 'fallback') return undefined;
    own.set(upstream.id, outcome.response.signer_state);
    return outcome.response.signer_state;
  };

  const signWith = (
    version: PinnedVersion,
    requestId: string,
    unsigned: UpstreamRequest,
    upstream: Upstream,
  ): Prepared | Failure => {
    const state = stateFor(version, upstream, requestId);
    // `fail_request`: an unsigned request is never sent.
    if (state === undefined) return failure('plugin_failed');
    const shaped = toShaped(unsigned);
    const asked = { shaped, signer_state: state };
    const outcome = version.dispatchSync(signFunction, asked, optionsFor(requestId));
    if (outcome.kind === 'fallback') return failure('plugin_failed');
    const { url, method, headers, body_base64 } = outcome.response;
    const signed = {
      url: url ?? shaped.url,
      method: method ?? shaped.method,
      headers: headers ?? shaped.headers,
      body_base64: body_base64 ?? shaped.body_base64,
    };
    const checked = checkShaped(signed, unsigned);
    if (!checked.ok) return refuse(signFunction.name, checked.refusal);
    const { release } = version;
    return { ok: true, request: checked.request, unsigned, signer: { version, state }, release };
  };

  const sign: Signing['sign'] = (plugin, requestId, unsigned, upstream) => {
    if (plugin === undefined)
      return { ok: true, request: unsigned, unsigned, signer: undefined, release: () => {} };
    const version = pinIfLoaded(plugin);
    if (version === undefined) {
      // Not pinned, so dispatch to the handle: it fails, and the reason is counted and logged.
      plugin.dispatchSync(
        buildSigner,
        { upstream: UPSTREAM, factory_state: upstream.factoryState ?? {} },
        optionsFor(requestId),
      );
      return failure('plugin_failed');
    }
    const prepared = signWith(version, requestId, unsigned, upstream);
    if (!prepared.ok) version.release();
    return prepared;
  };

  const refresh: Signing['refresh'] = (requestId, { signer, unsigned }, upstream, refusal) => {
    if (signer === undefined) return undefined;
    const { version, state } = signer;
    const error = {
      status: 401,
      body_base64: refusal?.toString('base64') ?? null,
      category: 'unauthorized' as const,
    };
    const asked = { error, signer_state: state };
    const outcome = version.dispatchSync(onUnauthorized, asked, optionsFor(requestId));
    // `pass_through`: the client gets the 401.
    if (outcome.kind === 'fallback' || outcome.response.decision !== REFRESH) return undefined;
    // Later requests use the new state.
    states.get(version.facts)?.set(upstream.id, outcome.response.signer_state);
    return signWith(version, requestId, unsigned, upstream);
  };

  return { sign, refresh };
};

const pinIfLoaded = (plugin: PluginHandle): PinnedVersion | undefined => {
  try {
    return plugin.pin();
  } catch (error) {
    if (error instanceof OperateError) return undefined;
    throw error;
  }
};
