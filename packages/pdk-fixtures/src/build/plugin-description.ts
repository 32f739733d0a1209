import type { HandshakeAccept } from '@plugwire/wire';

import type { Behaviour } from '../behave/behaviour.ts';
import type { CustomSection } from './custom-section.ts';

/**
 * The payload of an identity section. Either fields that override the valid ones (`undefined` removes a field, unknown fields are
 * added), or the raw payload.
 */
export type IdentityPayload = Readonly<Record<string, unknown>> | string | Uint8Array;

/** A function of a plugin. By default, the handshake describes it correctly. */
export interface FunctionDescription {
  readonly behaviour: Behaviour;
  /** The versions in `plugin_supported`. Default: only version 1. */
  readonly versions?: readonly number[];
  /** The version in `chosen_versions`. Default: the highest supported one. `false` leaves the function out. */
  readonly chosen?: number | false;
  /** Set it to `false` to export the function without declaring it in the handshake. */
  readonly declared?: boolean;
  /** Set it to `false` to declare the function without exporting it. */
  readonly exported?: boolean;
}

/** Fields that override those of the valid handshake, or a function that converts it to any JSON value. */
export type AcceptOverride =
  | Readonly<Record<string, unknown>>
  | ((truthful: HandshakeAccept) => object | string | number | boolean | null);

/**
 * The description of a plugin. Everything has a default that makes a valid plugin. `{}` is a plugin without functions.
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
  /** Default: `fixture` 1.0.0. Several payloads give several sections. `'none'` gives no section. */
  readonly identity?: IdentityPayload | readonly IdentityPayload[];
  /** The functions, by name: a description, or only the behaviour. */
  readonly functions?: Readonly<Record<string, FunctionDescription | Behaviour>>;
  /** The `required_capabilities` of the valid handshake. Default: none. */
  readonly requiredCapabilities?: readonly string[];
  /** Default: the valid handshake, whatever the host offers. Otherwise an override, any behaviour, or `'none'` for no export. */
  readonly handshake?: AcceptOverride | Behaviour | 'none';
  /** Default: success at time 1. Otherwise fields that override that, any behaviour, or `'none'` for no export. */
  readonly selfCheck?: Readonly<Record<string, unknown>> | Behaviour | 'none';
  /** Imports in WAT, such as `(import "env" "memory" (memory 1))`. */
  readonly imports?: readonly string[];
  /** Other fields of the module in WAT. They may use `$env.…` and `$lib.…`, as behaviours do. */
  readonly wat?: readonly string[];
  /** Other custom sections, after the identity. */
  readonly customSections?: readonly CustomSection[];
}
