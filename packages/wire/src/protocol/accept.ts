import { z } from 'zod';

import { createForm } from '../contract/read/create-form.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';
import { isCapabilityName, showName } from '../base/names.ts';
import type { HandshakeOffer } from './offer.ts';
import { highestCommonVersion, isVersion } from '../base/versions.ts';

/** A plugin's answer to an offer (protocol §2). The keys are those of the wire. */
export interface HandshakeAccept {
  readonly handshake_schema_version: number;
  readonly envelope_version: number;
  /** The version that the plugin chose for each function. */
  readonly chosen_versions: Readonly<Record<string, number>>;
  /** All versions that the plugin supports of each function. */
  readonly plugin_supported: Readonly<Record<string, readonly number[]>>;
  readonly implemented_functions: readonly string[];
  readonly required_capabilities: readonly string[];
}

/** Why an accept is refused. There is a code for each rule of protocol §2. docs/errors.md says what to do about each. */
export const ACCEPT_CODES = [
  'not_json',
  'accept_malformed',
  'schema_version_mismatch',
  'envelope_version_mismatch',
  'too_many_functions',
  'too_many_versions',
  'too_many_capabilities',
  'chosen_not_supported',
  'chosen_not_offered',
  'chosen_not_implemented',
  'version_not_offered',
  'version_not_supported',
  'version_downgrade',
  'function_unknown',
  'version_out_of_range',
  'capability_not_offered',
] as const;
/** One of {@link ACCEPT_CODES}. */
export type AcceptCode = (typeof ACCEPT_CODES)[number];

/** A valid accept, or why it is refused. */
export type AcceptResult =
  | { readonly ok: true; readonly accept: HandshakeAccept }
  | { readonly ok: false; readonly code: AcceptCode; readonly message: string };

const u32 = z.int().min(0).max(0xffff_ffff);

const readForm = createForm(
  z.strictObject({
    handshake_schema_version: u32,
    envelope_version: u32,
    chosen_versions: z.record(z.string(), u32),
    plugin_supported: z.record(z.string(), z.array(u32)),
    implemented_functions: z.array(z.string()),
    required_capabilities: z.array(z.string()),
  }),
);

/**
 * Checks a plugin's accept, as JSON text, against the offer that it answers. The version of each function is computed here, and the plugin's
 * choice must match it. Never throws. The message continues a sentence about the accept ("is not JSON: …"). It shows the name of a function
 * only if the name is valid.
 */
export const checkAccept = (offer: HandshakeOffer, text: string): AcceptResult => {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refusal('not_json', 'is not JSON: expected the object of protocol §2');
  }
  const accept = readForm(parsed);
  if (accept === undefined) {
    return refusal(
      'accept_malformed',
      'does not have the form of protocol §2: expected exactly handshake_schema_version, envelope_version, chosen_versions, plugin_supported, implemented_functions, required_capabilities',
    );
  }
  return (
    checkSchemaVersions(offer, accept) ??
    checkCounts(accept) ??
    checkChosen(offer, accept) ??
    checkSupported(offer, accept) ??
    checkCapabilities(offer, accept) ?? { ok: true, accept }
  );
};

type Refusal = Extract<AcceptResult, { ok: false }>;

const refusal = (code: AcceptCode, message: string): Refusal => ({ ok: false, code, message });

const checkSchemaVersions = (offer: HandshakeOffer, accept: HandshakeAccept): Refusal | undefined => {
  if (accept.handshake_schema_version !== offer.handshake_schema_version) {
    return refusal(
      'schema_version_mismatch',
      `has handshake_schema_version ${accept.handshake_schema_version}, but ${offer.handshake_schema_version} was offered: build the plugin for that version`,
    );
  }
  if (accept.envelope_version !== offer.envelope_version) {
    return refusal(
      'envelope_version_mismatch',
      `has envelope_version ${accept.envelope_version}, but ${offer.envelope_version} was offered: build the plugin for that version`,
    );
  }
  return undefined;
};

const checkCounts = (accept: HandshakeAccept): Refusal | undefined => {
  const supported = Object.values(accept.plugin_supported);
  const chosen = Object.keys(accept.chosen_versions).length;
  if (supported.length > PROTOCOL_LIMITS.offeredFunctions || chosen > PROTOCOL_LIMITS.offeredFunctions) {
    return refusal(
      'too_many_functions',
      `lists ${Math.max(supported.length, chosen)} functions, but at most ${PROTOCOL_LIMITS.offeredFunctions} are allowed`,
    );
  }
  if (accept.implemented_functions.length > PROTOCOL_LIMITS.implementedFunctions) {
    return refusal(
      'too_many_functions',
      `implements ${accept.implemented_functions.length} functions, but at most ${PROTOCOL_LIMITS.implementedFunctions} are allowed`,
    );
  }
  if (supported.some((versions) => versions.length > PROTOCOL_LIMITS.versionsPerFunction)) {
    return refusal(
      'too_many_versions',
      `lists more than ${PROTOCOL_LIMITS.versionsPerFunction} versions of a function: remove the oldest`,
    );
  }
  if (accept.required_capabilities.length > PROTOCOL_LIMITS.capabilities) {
    return refusal(
      'too_many_capabilities',
      `requires ${accept.required_capabilities.length} capabilities, but at most ${PROTOCOL_LIMITS.capabilities} are allowed`,
    );
  }
  return undefined;
};

const checkChosen = (offer: HandshakeOffer, accept: HandshakeAccept): Refusal | undefined => {
  for (const [name, version] of Object.entries(accept.chosen_versions)) {
    const refused = checkChoice(offer, accept, name, version);
    if (refused !== undefined) return refused;
  }
  return undefined;
};

const checkChoice = (
  offer: HandshakeOffer,
  accept: HandshakeAccept,
  name: string,
  version: number,
): Refusal | undefined => {
  const offered = versionsOf(offer.function_versions, name);
  const supported = versionsOf(accept.plugin_supported, name);
  const shown = showName(name);
  if (supported === undefined)
    return refusal('chosen_not_supported', `chooses ${shown}, which its plugin_supported does not list`);
  if (offered === undefined) return refusal('chosen_not_offered', `chooses ${shown}, which was not offered`);
  if (!accept.implemented_functions.includes(name))
    return refusal(
      'chosen_not_implemented',
      `chooses ${shown}, which its implemented_functions does not list`,
    );
  if (!offered.includes(version))
    return refusal(
      'version_not_offered',
      `chooses version ${version} of ${shown}, but the offered versions are ${offered.join(', ')}`,
    );
  if (!supported.includes(version))
    return refusal(
      'version_not_supported',
      `chooses version ${version} of ${shown}, which its plugin_supported does not list`,
    );
  const highest = highestCommonVersion(offered, supported);
  return version === highest
    ? undefined
    : refusal(
        'version_downgrade',
        `chooses version ${version} of ${shown}, although both sides support ${highest ?? 'another version'}`,
      );
};

const checkSupported = (offer: HandshakeOffer, accept: HandshakeAccept): Refusal | undefined => {
  for (const name of [...accept.implemented_functions, ...Object.keys(accept.plugin_supported)]) {
    if (versionsOf(offer.function_versions, name) === undefined) {
      return refusal('function_unknown', `names ${showName(name)}, which was not offered`);
    }
  }
  for (const [name, versions] of Object.entries(accept.plugin_supported)) {
    if (!versions.every(isVersion))
      return refusal(
        'version_out_of_range',
        `lists a version of ${showName(name)} that is not a whole number from 1 to 65535`,
      );
  }
  return checkLeftOut(offer, accept);
};

/** Leaving out a function for which there is a common version is refused as a downgrade, too. */
const checkLeftOut = (offer: HandshakeOffer, accept: HandshakeAccept): Refusal | undefined => {
  for (const name of accept.implemented_functions) {
    const highest = highestCommonVersion(
      versionsOf(offer.function_versions, name) ?? [],
      versionsOf(accept.plugin_supported, name) ?? [],
    );
    if (highest !== undefined && !Object.hasOwn(accept.chosen_versions, name)) {
      return refusal(
        'version_downgrade',
        `implements ${showName(name)} and leaves it out of chosen_versions, although both sides support version ${highest}`,
      );
    }
  }
  return undefined;
};

const checkCapabilities = (offer: HandshakeOffer, accept: HandshakeAccept): Refusal | undefined => {
  for (const name of accept.required_capabilities) {
    if (!isCapabilityName(name) || !offer.host_capabilities.includes(name)) {
      return refusal(
        'capability_not_offered',
        `requires the capability ${showName(name)}, but the granted capabilities are: ${offer.host_capabilities.join(', ') || 'none'}. Grant it if you trust the plugin with it`,
      );
    }
  }
  return undefined;
};

/** Looks up own keys only, because a plugin may call a function `constructor`. */
const versionsOf = (
  map: Readonly<Record<string, readonly number[]>>,
  name: string,
): readonly number[] | undefined => (Object.hasOwn(map, name) ? map[name] : undefined);
