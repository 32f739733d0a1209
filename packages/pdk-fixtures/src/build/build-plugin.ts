import {
  ABI_ENVELOPE,
  ENVELOPE_VERSION,
  HANDSHAKE_SCHEMA_VERSION,
  IDENTITY_MAGIC,
  IDENTITY_SECTION,
  type HandshakeAccept,
} from '@plugwire/wire';

import { answer } from '../behave/answers.ts';
import { type Behaviour, isBehaviour } from '../behave/behaviour.ts';
import { compileWat } from './compile-wat.ts';
import { appendCustomSections } from './custom-section.ts';
import type { FunctionDescription, IdentityPayload, PluginDescription } from './plugin-description.ts';
import { writeGuest } from './write-guest.ts';

/**
 * Builds a WebAssembly plugin from a description. The module is written as text and assembled by wabt.
 *
 * Rejects with wabt's error if WAT in the description is invalid, and with a `TypeError` if it names an unknown `$env.…` or `$lib.…` function.
 *
 * @example
 * const bytes = await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'hello' }) } });
 * const plugin = await host.load(bytes);
 */
export const buildPlugin = async (description: PluginDescription): Promise<Uint8Array<ArrayBuffer>> => {
  const { imports = [], wat = [], customSections = [] } = description;
  const functions = listFunctions(description);
  const exports = new Map<string, Behaviour>();
  for (const { name, behaviour, exported = true } of functions) if (exported) exports.set(name, behaviour);
  const handshake = handshakeBehaviour(description, functions);
  if (handshake !== undefined) exports.set('cc_lb_handshake', handshake);
  const selfCheck = selfCheckBehaviour(description);
  if (selfCheck !== undefined) exports.set('cc_lb_self_check', selfCheck);
  const module = await compileWat(writeGuest({ exports, imports, fields: wat }));
  return appendCustomSections(module, [...identitySections(description), ...customSections]);
};

/** Returns the payload of a valid identity. `fields` replaces or adds fields; `undefined` removes one. */
export const identityText = (fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    magic: IDENTITY_MAGIC,
    abi_envelope: ABI_ENVELOPE,
    plugin_name: 'fixture',
    plugin_version: '1.0.0',
    ...fields,
  });

const identitySections = ({ identity = {} }: PluginDescription) => {
  if (identity === 'none') return [];
  const payloads = isSeveral(identity) ? identity : [identity];
  return payloads.map((payload) => ({
    name: IDENTITY_SECTION,
    payload: typeof payload === 'string' || payload instanceof Uint8Array ? payload : identityText(payload),
  }));
};

/** `Array.isArray` does not narrow readonly arrays. */
const isSeveral = (
  identity: IdentityPayload | readonly IdentityPayload[],
): identity is readonly IdentityPayload[] => Array.isArray(identity);

interface NamedFunction extends FunctionDescription {
  readonly name: string;
}

/** Lists the functions in sorted order, as the protocol sorts maps and lists. */
const listFunctions = ({ functions = {} }: PluginDescription): NamedFunction[] =>
  Object.entries(functions)
    .map(([name, given]) => Object.assign({ name }, isBehaviour(given) ? { behaviour: given } : given))
    .toSorted((one, other) => (one.name < other.name ? -1 : 1));

const handshakeBehaviour = (
  { handshake = {}, requiredCapabilities = [] }: PluginDescription,
  functions: readonly NamedFunction[],
): Behaviour | undefined => {
  if (handshake === 'none') return undefined;
  if (isBehaviour(handshake)) return handshake;
  const truthful = truthfulAccept(functions, requiredCapabilities);
  return answer(typeof handshake === 'function' ? handshake(truthful) : { ...truthful, ...handshake });
};

const truthfulAccept = (
  functions: readonly NamedFunction[],
  requiredCapabilities: readonly string[],
): HandshakeAccept => {
  const declared = functions
    .filter((entry) => entry.declared !== false)
    .map(({ name, versions = [1], chosen }) => ({ name, versions, chosen: chosen ?? Math.max(...versions) }));
  return {
    handshake_schema_version: HANDSHAKE_SCHEMA_VERSION,
    envelope_version: ENVELOPE_VERSION,
    chosen_versions: Object.fromEntries(
      declared.flatMap(({ name, chosen }) => (chosen === false ? [] : [[name, chosen]])),
    ),
    plugin_supported: Object.fromEntries(declared.map(({ name, versions }) => [name, versions])),
    implemented_functions: declared.map(({ name }) => name),
    required_capabilities: requiredCapabilities.toSorted(),
  };
};

const selfCheckBehaviour = ({ selfCheck = {} }: PluginDescription): Behaviour | undefined => {
  if (selfCheck === 'none') return undefined;
  if (isBehaviour(selfCheck)) return selfCheck;
  return answer({ status: 'success', failures: [], completed_at: 1, ...selfCheck });
};
