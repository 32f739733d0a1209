import type { HandshakeAccept } from '@plugwire/wire';

import type { Behaviour } from '../behave/behaviour.ts';
import type { CustomSection } from './custom-section.ts';

/**
 * The payload of an identity section: fields over the right ones (`undefined` leaves one out, unknown ones are added), or
 * the raw payload.
 */
export type IdentityPayload = Readonly<Record<string, unknown>> | string | Uint8Array;

/** A function of a plugin. What it says of itself is true, unless it is told to lie. */
export interface FunctionDescription {
  readonly behaviour: Behaviour;
  /** The versions in `plugin_supported`; by default 1 alone. */
  readonly versions?: readonly number[];
  /** The version in `chosen_versions`, by default the highest supported; `false` leaves the function out. */
  readonly chosen?: number | false;
  /** `false`: exported, and not a word about it in the accept. */
  readonly declared?: boolean;
  /** `false`: declared, and not exported. */
  readonly exported?: boolean;
}

/** Fields over the truthful accept, or a function from it to any other JSON value. */
export type AcceptOverride =
  | Readonly<Record<string, unknown>>
  | ((truthful: HandshakeAccept) => object | string | number | boolean | null);

/**
 * A plugin in a few words. Everything has a default that makes an honest plugin; `{}` is one without functions.
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
  /** By default `fixture` 1.0.0; several payloads give as many sections, and the word `none` gives no section. */
  readonly identity?: IdentityPayload | readonly IdentityPayload[];
  /** By the name of the wire function: how it is described, or only what it does. */
  readonly functions?: Readonly<Record<string, FunctionDescription | Behaviour>>;
  /** What the plugin requires, in a truthful accept. */
  readonly requiredCapabilities?: readonly string[];
  /** By default the truthful accept, whatever is offered; another one, or any behaviour; `none`: no export. */
  readonly handshake?: AcceptOverride | Behaviour | 'none';
  /** By default a success at time 1; fields over that, or any behaviour; `none`: no export. */
  readonly selfCheck?: Readonly<Record<string, unknown>> | Behaviour | 'none';
  /** Imports in WAT, such as `(import "env" "memory" (memory 1))`. */
  readonly imports?: readonly string[];
  /** Further fields of the module in WAT; they may name `$env.…` and `$lib.…` as behaviours do. */
  readonly wat?: readonly string[];
  /** Further custom sections, after the identity. */
  readonly customSections?: readonly CustomSection[];
}
