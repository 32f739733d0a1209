import { Builder, fail, Text } from '../kit';
import { toLower, upperHexDigit } from './ascii';
import { configuredMap } from './config';

/**
 * Returns the path and query to send upstream, without an origin, which the balancer chooses. Replaces the longest configured prefix
 * that ends at a segment. Fails if a path could leave its prefix (dot segments) or name an origin (`//`).
 */
export function rewriteTarget(path: Text, query: Text | null): Text {
  checkPath(path);
  let prefix: Text | null = null;
  let replacement: Text | null = null;
  const prefixes = configuredMap('path_prefixes');
  if (prefixes !== null) {
    for (let at = 0; at < prefixes.length; at++) {
      const key = prefixes.keys[at];
      const value = prefixes.values[at].toText();
      if ((prefix !== null && key.length <= prefix.length) || !isPrefix(key, path)) continue;
      prefix = key;
      replacement = value;
    }
  }
  const to = new Builder(path.length + 64);
  if (prefix !== null) {
    encodeTo(to, replacement!, false);
    encodeTo(to, path.part(prefix.length, path.length), false);
  } else encodeTo(to, path, false);
  // The configured replacement must not produce a path that a client may not send.
  checkPath(to.toText());
  if (query !== null) {
    to.byte(0x3f);
    encodeTo(to, query, true);
  }
  return to.toText();
}

/** Whether a prefix ends at the end of a segment: `/v1` is a prefix of `/v1/x`, but not of `/v10`. */
function isPrefix(prefix: Text, path: Text): bool {
  if (prefix.length > path.length || !path.part(0, prefix.length).equals(prefix)) return false;
  if (prefix.length == path.length) return true;
  return path.at(prefix.length) == 0x2f || (prefix.length > 0 && prefix.at(prefix.length - 1) == 0x2f);
}

function checkPath(path: Text): void {
  if (path.length == 0 || path.at(0) != 0x2f) return fail('a path does not begin with /');
  if (path.length > 1 && isSlash(path.at(1))) return fail('a path begins with two slashes');
  let from = 1;
  for (let at = 1; at <= path.length; at++) {
    if (at < path.length && !isSlash(path.at(at))) continue;
    if (isDots(path.part(from, at))) return fail('a path has dot segments');
    from = at + 1;
  }
}

/** URL parsers treat a backslash as a slash. */
function isSlash(byte: u32): bool {
  return byte == 0x2f || byte == 0x5c;
}

/** Whether a segment is `.` or `..`. Dots may be percent-encoded. */
function isDots(segment: Text): bool {
  let dots = 0;
  let at = 0;
  while (at < segment.length) {
    if (segment.at(at) == 0x2e) at++;
    else if (at + 3 <= segment.length && segment.at(at) == 0x25 && isEncodedDot(segment, at)) at += 3;
    else return false;
    dots++;
  }
  return dots == 1 || dots == 2;
}

function isEncodedDot(segment: Text, at: i32): bool {
  return segment.at(at + 1) == 0x32 && toLower(segment.at(at + 2)) == 0x65;
}

/** Copies text and percent-encodes characters that would end a path or a query, or are not allowed in a URL. */
function encodeTo(to: Builder, text: Text, isQuery: bool): void {
  for (let at = 0; at < text.length; at++) {
    const byte = text.at(at);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x23 || byte == 0x5c || (byte == 0x3f && !isQuery)) {
      to.byte(0x25);
      to.byte(upperHexDigit(byte >> 4));
      to.byte(upperHexDigit(byte & 15));
    } else to.byte(byte);
  }
}
