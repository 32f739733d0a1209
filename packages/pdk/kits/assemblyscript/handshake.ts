import { beginCall, endCall } from './call';
import { Json, JsonKind } from './json';
import { Reader } from './json-reader';
import { Writer } from './json-writer';
import { fail, hasFailed } from './failure';
import { Text } from './text';

/**
 * Answers the offer of the host: chooses the highest common version of each function. `versions` are those of all functions, one after
 * another; `ends` says where those of each function end. Both lists of names are sorted.
 */
export function answerHandshake(
  functions: StaticArray<string>,
  versions: StaticArray<u32>,
  ends: StaticArray<i32>,
  require: (granted: Text[]) => Text[],
): i32 {
  const reader = new Reader(beginCall());
  const offer = reader.json();
  reader.finish('offer');
  if (hasFailed()) return endCall(offer.text);
  const offered = offer.need('function_versions');
  const granted: Text[] = [];
  const capabilities = offer.need('host_capabilities').elements();
  for (let at = 0; at < capabilities.length; at++) granted.push(capabilities[at].toText());
  if (offer.need('handshake_schema_version').toU64() != 1) fail('handshake_schema_version is not 1');
  if (offer.need('envelope_version').toU64() != 1) fail('envelope_version is not 1');
  if (offered.kind != JsonKind.object) fail('function_versions is not an object');

  const to = new Writer(1024);
  const supported = new Writer(512);
  const implemented = new Writer(256);
  to.raw('{"handshake_schema_version":1,"envelope_version":1,"chosen_versions":{');
  supported.raw('{');
  implemented.raw('[');
  for (let at = 0; at < functions.length; at++) {
    const theirs = offered.member(functions[at]);
    // A host refuses functions that it does not know.
    if (theirs === null) continue;
    const from = at == 0 ? 0 : ends[at - 1];
    const chosen = highestCommon(versions, from, ends[at], theirs.elements());
    if (chosen != 0) {
      writeKey(to, functions[at]);
      to.unsigned(chosen);
    }
    writeKey(supported, functions[at]);
    supported.raw('[');
    for (let version = from; version < ends[at]; version++) {
      supported.next();
      supported.unsigned(versions[version]);
    }
    supported.raw(']');
    implemented.next();
    writeWord(implemented, functions[at]);
  }
  supported.raw('}');
  implemented.raw(']');
  to.raw('},"plugin_supported":');
  to.bytes(supported.finish(''));
  to.raw(',"implemented_functions":');
  to.bytes(implemented.finish(''));
  to.raw(',"required_capabilities":[');
  const required = require(granted);
  for (let at = 0; at < required.length; at++) {
    to.next();
    to.text(required[at]);
  }
  to.raw(']}');
  return endCall(to.finish('accept'));
}

function highestCommon(versions: StaticArray<u32>, from: i32, end: i32, theirs: Json[]): u32 {
  let highest: u32 = 0;
  for (let at = 0; at < theirs.length; at++) {
    const version = theirs[at].toU64();
    for (let own = from; own < end; own++) {
      if (version == versions[own] && version > highest) highest = <u32>version;
    }
  }
  return highest;
}

function writeKey(to: Writer, name: string): void {
  to.next();
  writeWord(to, name);
  to.raw(':');
}

function writeWord(to: Writer, word: string): void {
  to.raw('"');
  to.raw(word);
  to.raw('"');
}
