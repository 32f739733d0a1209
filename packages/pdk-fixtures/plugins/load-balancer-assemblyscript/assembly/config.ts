import { configured } from '../../shared/assembly/call';
import { fail } from '../../shared/assembly/failure';
import { readJson } from '../../shared/assembly/json-reader';
import { Kind, Value } from '../../shared/assembly/json-value';

/** A number that the operator configured, between two others; what is no such number fails the call. */
export function configuredNumber(key: string, otherwise: f64, smallest: f64, largest: f64): f64 {
  const text = configured(key);
  if (text === null) return otherwise;
  const value = readJson(text).number();
  if (!(value >= smallest && value <= largest)) fail('a configured number is out of range');
  return value;
}

/** A configured JSON object from texts to texts, as its first member; null if there is none. */
export function configuredMap(key: string): Value | null {
  const text = configured(key);
  if (text === null) return null;
  const map = readJson(text);
  if (map.kind != Kind.object) fail('a configured map is no JSON object');
  for (let at: Value | null = map.first; at !== null; at = at!.next) at.text();
  return map.first;
}
