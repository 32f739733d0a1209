import type { HandshakeAccept } from '@plugwire/wire';

import type { Behaviour } from '../behave/behaviour.ts';
import type { CustomSection } from './custom-section.ts';

/**
 * The payload of an identity section. An object replaces or adds fields of the valid identity; `undefined` removes one. Text or bytes are the
 * raw payload.
 */
export type IdentityPayload = Readonly<Record<string, unknown>> | string | Uint8Array;

/** A function of a plugin. By default the accept is truthful about it. */
export interface FunctionDescription {
  readonly behaviour: Behaviour;
  /** The versions in `plugin_supported`. Default: only 1. */
  readonly versions?: readonly number[];
  /** The version in `chosen_versions`. Default: the highest supported one. `false` leaves the function out. */
  readonly chosen?: number | false;
  /** `false`: the function is exported, but missing in the accept. */
  readonly declared?: boolean;
  /** `false`: the function is in the accept, but not exported. */
  readonly exported?: boolean;
}

/** Fields that replace those of the truthful accept, or a function that gets it and returns any JSON value. */
export type AcceptOverride =
  | Readonly<Record<string, unknown>>
  | ((truthful: HandshakeAccept) => object | string | number | boolean | null);

/**
 * The description of a plugin. By default everything is valid and truthful. `{}` describes a plugin without functions.
 *
 * @example
 * const lazy: PluginDescription = {
 *   identity: { plugin_name: 'lazy' },
 *   functions: {
 *     greet: { versions: [1, 2], behaviour: behave.answer({ _v: 2, text: 'hello' }) },
 *     sign: behave.trap('unreachable'),
 *   },
 *   handshake: { required_capabilities: ['log'] },
 *   selfCheck: behave.guestError('not today'),
 * };
 */
export interface PluginDescription {
  /** The identity. Default: `fixture` 1.0.0. A list adds one section for each payload. `none` adds no section. */
  readonly identity?: IdentityPayload | readonly IdentityPayload[];
  /** The functions by name, each with its description or only its behaviour. */
  readonly functions?: Readonly<Record<string, FunctionDescription | Behaviour>>;
  /** The `required_capabilities` in the accept. */
  readonly requiredCapabilities?: readonly string[];
  /** The handshake. Default: the truthful accept, for any offer. Give changes to it, or any behaviour. `none`: no export. */
  readonly handshake?: AcceptOverride | Behaviour | 'none';
  /** The self-check. Default: a success with `completed_at` 1. Give fields to replace, or any behaviour. `none`: no export. */
  readonly selfCheck?: Readonly<Record<string, unknown>> | Behaviour | 'none';
  /** Imports in WAT, such as `(import "env" "memory" (memory 1))`. */
  readonly imports?: readonly string[];
  /** Additional fields of the module in WAT. They can name `$env.…` and `$lib.…` functions, as behaviours can. */
  readonly wat?: readonly string[];
  /** Additional custom sections, after the identity. */
  readonly customSections?: readonly CustomSection[];
}
