import { config, Entries, fail, Json, JsonKind } from '../kit';

/** Returns a configured number between two bounds. Anything else fails the call. */
export function configuredNumber(key: string, otherwise: f64, smallest: f64, largest: f64): f64 {
  const text = config(key);
  if (text === null) return otherwise;
  const value = Json.parse(text).toNumber();
  if (!(value >= smallest && value <= largest)) fail('a configured number is out of range');
  return value;
}

/** Returns a configured whole number of at most nine digits. Anything else fails the call. */
export function configuredCount(key: string, otherwise: u64, smallest: u64, largest: u64): u64 {
  const text = config(key);
  if (text === null) return otherwise;
  let value: u64 = 0;
  let isCount = text.length > 0 && text.length <= 9;
  for (let at = 0; isCount && at < text.length; at++) {
    const digit = text.at(at) - 0x30;
    if (digit > 9) isCount = false;
    value = value * 10 + digit;
  }
  if (!isCount || value < smallest || value > largest) fail('a configured count is none, or out of range');
  return value;
}

/** Returns a configured `true` or `false`. The default is `false`. Anything else fails the call. */
export function configuredFlag(key: string): bool {
  const text = config(key);
  if (text === null) return false;
  const isOn = text.is('true');
  if (!isOn && !text.is('false')) fail('a configured switch is neither true nor false');
  return isOn;
}

/** Returns a configured JSON object, or null if it is not configured. Anything else fails the call. */
export function configuredMap(key: string): Entries<Json> | null {
  const text = config(key);
  if (text === null) return null;
  const map = Json.parse(text);
  if (map.kind == JsonKind.object) return map.entries();
  fail('a configured map is no JSON object');
  return null;
}
