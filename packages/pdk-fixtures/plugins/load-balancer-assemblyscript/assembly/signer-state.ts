import { decodeBase64 } from '../../shared/assembly/base64';
import { Bytes, empty } from '../../shared/assembly/bytes';
import { fail, hasFailed } from '../../shared/assembly/failure';
import { Fields } from '../../shared/assembly/json-object';
import { Value } from '../../shared/assembly/json-value';
import { Writer } from '../../shared/assembly/json-writer';

/** As many keys as anybody keeps in rotation. */
const MOST_KEYS = 16;

export class SigningKey {
  constructor(
    public id: Bytes,
    public keyBase64: Bytes,
  ) {}

  /** Reads `{"key_id", "key_base64"}`. The id becomes a header: visible ASCII. The key must not be empty. */
  static read(value: Value): SigningKey {
    const fields = new Fields(value);
    const key = new SigningKey(fields.text('key_id'), fields.text('key_base64'));
    fields.end();
    checkKey(key);
    return key;
  }

  static readList(value: Value): SigningKey[] {
    const keys: SigningKey[] = [];
    for (let at: Value | null = value.elements(); at !== null; at = at!.next) keys.push(SigningKey.read(at));
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

/** What `sign` needs, kept by the host between the calls: `{"keys":[…],"counter":0}`, the counter being the key in use. */
export class SignerState {
  constructor(
    public keys: SigningKey[],
    public counter: u64,
  ) {}

  static read(value: Value): SignerState {
    const fields = new Fields(value);
    const state = new SignerState(SigningKey.readList(fields.any('keys')), fields.count('counter'));
    fields.end();
    if (state.counter >= <u64>state.keys.length) fail('counter names no key');
    return state;
  }

  /** The key in use, or one that signs nothing after a failure: an index out of bounds would trap. */
  key(): SigningKey {
    if (hasFailed()) return new SigningKey(empty(), empty());
    return this.keys[<i32>this.counter];
  }

  write(to: Writer): void {
    to.key('signer_state');
    to.open('{');
    to.key('keys');
    to.open('[');
    for (let at = 0; at < this.keys.length; at++) {
      to.element();
      to.open('{');
      to.key('key_id');
      to.text(this.keys[at].id);
      to.key('key_base64');
      to.text(this.keys[at].keyBase64);
      to.close('}');
    }
    to.close(']');
    to.key('counter');
    to.count(this.counter);
    to.close('}');
  }
}
