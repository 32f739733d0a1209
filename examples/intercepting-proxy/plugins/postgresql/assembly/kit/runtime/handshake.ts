import { Bytes } from './bytes';
import { endCall } from './call';
import { Entries } from './entries';
import { entryAfter } from './entry-list';
import { hasFailed } from './failure';
import { Reader } from './json-reader';
import { Writer } from './json-writer';
import { readEntries, readList } from './read-parts';
import { ofEntry, Text } from './text';

const OFFER_KEYS = 'handshake_schema_version•envelope_version•function_versions•host_capabilities•';

/**
 * Answers the host's offer with the highest common version of each function. `functions` is sorted. `versions` has the versions of all
 * functions, one function after another; `ends` has the index after the last version of each. `require` chooses the capabilities.
 */
export function answerHandshake(
  offer: Bytes,
  functions: string,
  versions: StaticArray<u32>,
  ends: StaticArray<i32>,
  require: (granted: Text[]) => Text[],
): i32 {
  const from = new Reader(offer);
  let offered = new Entries<u32[]>();
  let granted: Text[] = [];
  let seen: u64 = 0;
  let key = from.openObject(OFFER_KEYS);
  while (key >= 0) {
    seen = from.see(seen, <u16>key);
    if (<u16>key == 2) offered = readEntries<u32[]>(from, readVersions);
    else if (<u16>key == 3) granted = readList<Text>(from, readCapability);
    else from.unsigned(1, 1);
    key = from.nextKey(OFFER_KEYS, key);
  }
  from.closeObject(OFFER_KEYS, seen, 0xf);
  from.finish('offer');
  if (hasFailed()) return endCall(null);

  const to = new Writer(1024);
  const supported = new Writer(512);
  const implemented = new Writer(256);
  to.raw('{"handshake_schema_version":1,"envelope_version":1,"chosen_versions":{');
  supported.raw('{');
  implemented.raw('[');
  let offset = 0;
  for (let at = 0; at < ends.length; at++) {
    const name = ofEntry(functions, offset);
    offset = entryAfter(functions, offset);
    // Hosts reject functions that they did not offer.
    if (!offered.has(name)) continue;
    const from = at == 0 ? 0 : ends[at - 1];
    const chosen = highestCommon(versions, from, ends[at], offered.get(name));
    if (chosen != 0) {
      writeKey(to, name);
      to.unsigned(chosen);
    }
    writeKey(supported, name);
    supported.byte(0x5b);
    for (let version = from; version < ends[at]; version++) {
      supported.next();
      supported.unsigned(versions[version]);
    }
    supported.byte(0x5d);
    implemented.next();
    implemented.text(name);
  }
  to.raw('},"plugin_supported":');
  to.bytes(supported.finish(''));
  to.raw('},"implemented_functions":');
  to.bytes(implemented.finish(''));
  to.raw('],"required_capabilities":[');
  const required = require(granted);
  for (let at = 0; at < required.length; at++) {
    to.next();
    to.text(required[at]);
  }
  to.raw(']}');
  return endCall(to.finish('accept'));
}

function readVersions(from: Reader): u32[] {
  return readList<u32>(from, readVersion);
}

function readVersion(from: Reader): u32 {
  return <u32>from.unsigned(65535, 1);
}

function readCapability(from: Reader): Text {
  return from.text();
}

function highestCommon(versions: StaticArray<u32>, from: i32, end: i32, theirs: u32[]): u32 {
  let highest: u32 = 0;
  for (let own = from; own < end; own++) {
    if (versions[own] > highest && theirs.includes(versions[own])) highest = versions[own];
  }
  return highest;
}

function writeKey(to: Writer, name: Text): void {
  to.next();
  to.text(name);
  to.byte(0x3a);
}
