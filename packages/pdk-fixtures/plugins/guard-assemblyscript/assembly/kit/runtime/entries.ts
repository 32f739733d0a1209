import { KeySet } from './key-set';
import { Text } from './text';

/** An object with any keys, in the order in which they were set. */
export class Entries<T> {
  private readonly names: KeySet = new KeySet();
  readonly values: T[] = [];

  /** Creates entries from keys and values. */
  static of<T>(keys: Text[], values: T[]): Entries<T> {
    const entries = new Entries<T>();
    for (let index = 0; index < keys.length; index++) entries.set(keys[index], values[index]);
    return entries;
  }

  get length(): i32 {
    return this.values.length;
  }

  /** The keys, in the same order as `values`. */
  get keys(): Text[] {
    return this.names.keys;
  }

  has(key: Text): bool {
    return this.names.indexOf(key) >= 0;
  }

  /** Returns the value of a key, which must exist. */
  get(key: Text): T {
    const index = this.names.indexOf(key);
    assert(index >= 0, 'get: there is no such key; ask has() first');
    return this.values[index];
  }

  /** Sets the value of a key. The key may be new. */
  set(key: Text, value: T): void {
    if (this.names.add(key)) this.values[this.names.indexOf(key)] = value;
    else this.values.push(value);
  }
}
