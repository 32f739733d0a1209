import { Entries } from './entries';
import { hasFailed } from './failure';
import { Reader } from './json-reader';
import { countEntries, indexOfEntry } from './entry-list';
import { Some } from './some';

/** Reads a list. */
export function readList<T>(from: Reader, read: (from: Reader) => T): T[] {
  const list: T[] = [];
  for (let more = from.openList(); more; more = from.nextElement()) list.push(read(from));
  return list;
}

/** Reads an object with any keys, or only with those of `keys`. */
export function readEntries<T>(
  from: Reader,
  read: (from: Reader) => T,
  keys: string = '',
  isComplete: bool = false,
): Entries<T> {
  const entries = new Entries<T>();
  for (let key = from.openEntries(); key !== null; key = from.nextEntry()) {
    if (entries.has(key)) from.refuse('the key is there twice');
    if (keys.length > 0 && indexOfEntry(keys, key) < 0) from.refuse('the key is unknown');
    const value = read(from);
    if (hasFailed()) break;
    entries.set(key, value);
  }
  if (isComplete && entries.length < countEntries(keys)) from.refuse('a key is missing');
  return entries;
}

/** Reads a value of a type that cannot be null. */
export function readSome<T>(from: Reader, read: (from: Reader) => T): Some<T> {
  return new Some<T>(read(from));
}

/** Reads `null` or an object of a class. */
export function readNullable<T>(from: Reader, read: (from: Reader) => T): T | null {
  if (from.takeNull()) return null;
  return read(from);
}

/** Reads `null`, or a value that is not an object of a class. */
export function readNullableSome<T>(from: Reader, read: (from: Reader) => T): Some<T> | null {
  if (from.takeNull()) return null;
  return new Some<T>(read(from));
}
