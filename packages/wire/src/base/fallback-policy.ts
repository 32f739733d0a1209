/**
 * What the host does when a dispatch fails. The policy is part of the contract, never of the configuration (protocol §4).
 *
 * - `fail_request`: fail the request (5xx), because skipping the plugin would be unsafe. Example: signing.
 * - `silent_skip`: continue without the plugin's result. Example: observations, of which some may be lost.
 * - `use_default`: use the host's own default answer (see `withDefault`).
 * - `pass_through`: continue with the unchanged input.
 */
export const FALLBACK_POLICIES = ['fail_request', 'silent_skip', 'use_default', 'pass_through'] as const;

/** One of {@link FALLBACK_POLICIES}. */
export type FallbackPolicy = (typeof FALLBACK_POLICIES)[number];
