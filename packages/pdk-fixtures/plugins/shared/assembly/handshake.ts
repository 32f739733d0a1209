import { Bytes } from './bytes';
import { beginCall, endCall } from './call';
import { fail } from './failure';
import { Value } from './json-value';
import { Writer } from './json-writer';
import { openObject, VERSION } from './message';

/**
 * Answers the offer (protocol §2) for a plugin that has some functions, each at `VERSION`. What the host does not offer is
 * not named, since a host refuses functions that it does not know; what it offers at other versions alone is declared and
 * not chosen. Of the capabilities that the plugin would use, it requires those that it is granted: it works without.
 * What `findNeeds` gives, once the call has begun, it requires in any case: a host that did not grant it refuses the plugin.
 */
export function answerHandshake(
  functions: StaticArray<string>,
  capabilities: StaticArray<string>,
  findNeeds: () => string[] = needNothing,
): i32 {
  const offer = openObject(beginCall());
  if (offer.any('handshake_schema_version').upTo(0xffff_ffff) != 1) fail('another handshake_schema_version');
  if (offer.any('envelope_version').upTo(0xffff_ffff) != 1) fail('another envelope_version');
  const offered = offer.any('function_versions');
  checkVersions(offered);
  const granted = offer.list('host_capabilities');
  for (let at: Value | null = granted; at !== null; at = at!.next) at.text();
  offer.end();
  const needs = findNeeds();

  const to = new Writer(1024);
  to.raw('{"handshake_schema_version":1,"envelope_version":1,"chosen_versions":');
  to.open('{');
  for (let at = 0; at < functions.length; at++) {
    const versions = find(offered, functions[at]);
    if (versions === null || !includesVersion(versions)) continue;
    to.key(functions[at]);
    to.count(VERSION);
  }
  to.close('}');
  to.raw(',"plugin_supported":');
  to.open('{');
  for (let at = 0; at < functions.length; at++) {
    if (find(offered, functions[at]) === null) continue;
    to.key(functions[at]);
    to.raw('[1]');
  }
  to.close('}');
  to.raw(',"implemented_functions":');
  to.open('[');
  for (let at = 0; at < functions.length; at++) {
    if (find(offered, functions[at]) === null) continue;
    to.element();
    to.word(functions[at]);
  }
  to.close(']');
  to.raw(',"required_capabilities":');
  to.open('[');
  for (let at: Value | null = granted; at !== null; at = at!.next) {
    if (!isOneOf(at.text(), capabilities)) continue;
    to.element();
    to.text(at.text());
  }
  for (let at = 0; at < needs.length; at++) {
    to.element();
    to.word(needs[at]);
  }
  to.close(']');
  to.raw('}');
  return endCall(to.out);
}

function needNothing(): string[] {
  return [];
}

function checkVersions(offered: Value): void {
  if (!offered.json.startsWith('{')) fail('function_versions is no object');
  for (let entry: Value | null = offered.first; entry !== null; entry = entry!.next) {
    for (let version: Value | null = entry.elements(); version !== null; version = version!.next) {
      if (version.upTo(65535) == 0) fail('a version is 0');
    }
  }
}

function find(offered: Value, name: string): Value | null {
  for (let entry: Value | null = offered.first; entry !== null; entry = entry!.next)
    if (entry.key.is(name)) return entry;
  return null;
}

function includesVersion(versions: Value): bool {
  for (let at: Value | null = versions.first; at !== null; at = at!.next)
    if (at.count() == VERSION) return true;
  return false;
}

function isOneOf(name: Bytes, list: StaticArray<string>): bool {
  for (let at = 0; at < list.length; at++) if (name.is(list[at])) return true;
  return false;
}
