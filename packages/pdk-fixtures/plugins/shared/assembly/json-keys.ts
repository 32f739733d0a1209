import { Bytes } from './bytes';
import { Value } from './json-value';

/** Above so many keys a hash table is cheaper than comparing each with each. */
const FEW = 16;

/** Whether a key stands twice in an object. */
export function hasTwice(object: Value): bool {
  return object.size <= FEW ? hasTwiceAmongFew(object) : hasTwiceAmongMany(object);
}

function hasTwiceAmongFew(object: Value): bool {
  for (let one: Value | null = object.first; one !== null; one = one!.next) {
    for (let other: Value | null = one.next; other !== null; other = other!.next) {
      if (one.key.equals(other.key)) return true;
    }
  }
  return false;
}

function hasTwiceAmongMany(object: Value): bool {
  const slots = 1 << (33 - clz(object.size));
  const table = heap.alloc(slots << 2);
  memory.fill(table, 0, slots << 2);
  for (let one: Value | null = object.first; one !== null; one = one!.next) {
    let slot = hash(one.key) & (slots - 1);
    for (;;) {
      const seen = load<usize>(table + (slot << 2));
      if (seen == 0) break;
      if (changetype<Value>(seen).key.equals(one.key)) return true;
      slot = (slot + 1) & (slots - 1);
    }
    store<usize>(table + (slot << 2), changetype<usize>(one));
  }
  return false;
}

/** FNV-1a. */
function hash(key: Bytes): u32 {
  let value: u32 = 0x811c9dc5;
  for (let at = 0; at < key.length; at++) value = (value ^ key.at(at)) * 0x01000193;
  return value;
}
