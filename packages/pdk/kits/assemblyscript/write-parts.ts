import { Entries } from './entries';
import { Writer } from './json-writer';
import { countEntries, indexOfEntry } from './entry-list';
import { Some } from './some';

/** Writes a list. */
export function writeList<T>(to: Writer, list: T[], write: (to: Writer, value: T) => void): void {
  to.byte(0x5b);
  for (let index = 0; index < list.length; index++) {
    if (index > 0) to.byte(0x2c);
    write(to, list[index]);
  }
  to.byte(0x5d);
}

/** Writes an object with any keys, or only with those of `keys`. */
export function writeEntries<T>(
  to: Writer,
  entries: Entries<T>,
  write: (to: Writer, value: T) => void,
  keys: string = '',
  isComplete: bool = false,
): void {
  to.byte(0x7b);
  for (let index = 0; index < entries.length; index++) {
    if (index > 0) to.byte(0x2c);
    to.text(entries.keys[index]);
    to.byte(0x3a);
    if (keys.length > 0 && indexOfEntry(keys, entries.keys[index]) < 0) to.refuse('the key is unknown');
    write(to, entries.values[index]);
  }
  to.byte(0x7d);
  if (isComplete && entries.length < countEntries(keys)) to.refuse('a key is missing');
}

/** Writes `null`, or an object of a class. */
export function writeNullable<T>(to: Writer, value: T | null, write: (to: Writer, value: T) => void): void {
  if (value === null) to.raw('null');
  else write(to, value);
}

/** Writes `null`, or the value of a `Some`. */
export function writeNullableSome<T>(
  to: Writer,
  value: Some<T> | null,
  write: (to: Writer, value: T) => void,
): void {
  if (value === null) to.raw('null');
  else write(to, value.value);
}
