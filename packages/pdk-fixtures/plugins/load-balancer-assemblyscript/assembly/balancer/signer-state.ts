import { decodeBase64, Entries, fail, hasFailed, Json, JsonKind, text, Text, Writer } from '../kit';

/** The largest number of keys in rotation. */
const MOST_KEYS = 16;

export class SigningKey {
  constructor(
    readonly id: Text,
    readonly keyBase64: Text,
  ) {}

  /** Reads `{"key_id", "key_base64"}`. The id becomes a header, so it must be visible ASCII. The key must not be empty. */
  static read(value: Json): SigningKey {
    const members = membersOf(value, 2);
    const key = new SigningKey(take(members, 'key_id').toText(), take(members, 'key_base64').toText());
    checkKey(key);
    return key;
  }

  static readList(value: Json): SigningKey[] {
    const elements = value.elements();
    const keys: SigningKey[] = [];
    for (let at = 0; at < elements.length; at++) keys.push(SigningKey.read(elements[at]));
    if (keys.length == 0 || keys.length > MOST_KEYS) fail('keys has not 1 to 16 keys');
    return keys;
  }
}

export function checkKey(key: SigningKey): void {
  if (decodeBase64(key.keyBase64).length == 0) fail('a key is empty');
  if (key.id.length == 0) fail('a key_id is empty');
  for (let at = 0; at < key.id.length; at++) {
    const byte = key.id.at(at);
    if (byte <= 0x20 || byte >= 0x7f) fail('a key_id is not visible ASCII');
  }
}

/** The state of a signer, which the host keeps between calls: `{"keys":[…],"counter":0}`. The counter is the index of the key in use. */
export class SignerState {
  constructor(
    readonly keys: SigningKey[],
    readonly counter: u64,
  ) {}

  static read(value: Json): SignerState {
    const members = membersOf(value, 2);
    const keys = SigningKey.readList(take(members, 'keys'));
    const state = new SignerState(keys, take(members, 'counter').toU64());
    if (state.counter >= <u64>state.keys.length) fail('counter names no key');
    return state;
  }

  /** Returns the key in use. After a failure it returns an empty key, because an index out of bounds would trap. */
  key(): SigningKey {
    return hasFailed() ? new SigningKey(text(''), text('')) : this.keys[<i32>this.counter];
  }

  toJson(): Json {
    const to = new Writer(256);
    to.raw('{"keys":[');
    for (let at = 0; at < this.keys.length; at++) {
      to.next();
      to.raw('{"key_id":');
      to.text(this.keys[at].id);
      to.raw(',"key_base64":');
      to.text(this.keys[at].keyBase64);
      to.raw('}');
    }
    to.raw('],"counter":');
    to.unsigned(this.counter);
    to.raw('}');
    return to.toJson();
  }
}

/** Returns the members of an object with at most this many keys. Anything else fails the call. */
export function membersOf(value: Json, most: i32): Entries<Json> {
  if (value.kind != JsonKind.object) {
    fail('expected an object');
    return new Entries<Json>();
  }
  const members = value.entries();
  if (members.length > most) fail('an unknown key');
  return members;
}

/** Returns a required member. Because the number of members is checked, no unknown member is ignored. */
export function take(members: Entries<Json>, name: string): Json {
  for (let at = 0; at < members.length; at++) if (members.keys[at].is(name)) return members.values[at];
  fail('a key is missing');
  return Json.nothing();
}
