/**
 * What the host does when a dispatch fails; part of the contract, never of the configuration (protocol §4).
 *
 * - `fail_request`: fail the request (5xx), because skipping would be unsafe, as with signing.
 * - `silent_skip`: go on; a lossy observation.
 * - `use_default`: use the host's own default answer (see `withDefault`).
 * - `pass_through`: go on with what it had, unchanged.
 */
export const FALLBACK_POLICIES = ['fail_request', 'silent_skip', 'use_default', 'pass_through'] as const;

/** One of {@link FALLBACK_POLICIES}. */
export type FallbackPolicy = (typeof FALLBACK_POLICIES)[number];
