import { Text } from './text';

/** With more keys than this, a hash table is cheaper than comparing all keys. */
const FEW = 16;

/** A set of keys, in the order in which they were added. */
export class KeySet {
  readonly keys: Text[] = [];
  /** A hash table of the keys' indexes, plus one. Empty while there are few keys. */
  private slots: StaticArray<i32> = EMPTY_SLOTS;

  /** Returns the index of a key, or -1. */
  indexOf(key: Text): i32 {
    const keys = this.keys;
    if (this.slots.length > 0) return unchecked(this.slots[this.slotOf(key)]) - 1;
    for (let index = 0; index < keys.length; index++) if (unchecked(keys[index]).equals(key)) return index;
    return -1;
  }

  /** Adds a key. Returns whether it was there before. */
  add(key: Text): bool {
    if (this.indexOf(key) >= 0) return true;
    const count = this.keys.push(key);
    if (count > FEW && count * 2 > this.slots.length) this.grow();
    else if (this.slots.length > 0) unchecked((this.slots[this.slotOf(key)] = count));
    return false;
  }

  private grow(): void {
    this.slots = new StaticArray<i32>(1 << (34 - clz(this.keys.length)));
    for (let index = 0; index < this.keys.length; index++) {
      unchecked((this.slots[this.slotOf(this.keys[index])] = index + 1));
    }
  }

  /** Returns the slot of a key, or the slot where it belongs. */
  private slotOf(key: Text): i32 {
    const mask = this.slots.length - 1;
    let slot = <i32>hash(key) & mask;
    let index = unchecked(this.slots[slot]);
    while (index != 0 && !unchecked(this.keys[index - 1]).equals(key)) {
      slot = (slot + 1) & mask;
      index = unchecked(this.slots[slot]);
    }
    return slot;
  }
}

const EMPTY_SLOTS = new StaticArray<i32>(0);

/** FNV-1a. */
function hash(key: Text): u32 {
  let value: u32 = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) value = (value ^ key.at(at)) * 0x01000193;
  return value;
}
