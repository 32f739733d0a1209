import { Value } from '../../shared/assembly/json-value';
import { Builder, Bytes, toLower } from '../../shared/assembly/bytes';
import { fail } from '../../shared/assembly/failure';
import { configuredMap } from './config';

/**
 * The path and query that go upstream, without an origin: that is the balancer's. The longest configured prefix that ends
 * at a segment is replaced. A path that could leave its prefix (dot segments) or name an origin (`//`) fails.
 */
export function rewriteTarget(path: Bytes, query: Bytes | null): Bytes {
  checkPath(path);
  let prefix: Bytes | null = null;
  let replacement: Bytes | null = null;
  for (let at: Value | null = configuredMap('path_prefixes'); at !== null; at = at!.next) {
    if ((prefix === null || at.key.length > prefix.length) && isPrefix(at.key, path)) {
      prefix = at.key;
      replacement = at.text();
    }
  }
  const to = new Builder(path.length + 64);
  if (prefix !== null) {
    encodeTo(to, replacement!, false);
    encodeTo(to, path.part(prefix.length, path.length), false);
  } else encodeTo(to, path, false);
  const target = to.done();
  // What was configured must not make of the path what a client may not send.
  checkPath(target);
  if (query !== null) {
    to.byte(0x3f);
    encodeTo(to, query, true);
  }
  return to.done();
}

/** Whether a prefix ends where a segment of the path does: `/v1` is one of `/v1/x`, not of `/v10`. */
function isPrefix(prefix: Bytes, path: Bytes): bool {
  if (prefix.length > path.length || !path.part(0, prefix.length).equals(prefix)) return false;
  if (prefix.length == path.length) return true;
  return path.at(prefix.length) == 0x2f || (prefix.length > 0 && prefix.at(prefix.length - 1) == 0x2f);
}

function checkPath(path: Bytes): void {
  if (path.length == 0 || path.at(0) != 0x2f) return fail('a path does not begin with /');
  if (path.length > 1 && isSlash(path.at(1))) return fail('a path begins with two slashes');
  let from = 1;
  for (let at = 1; at <= path.length; at++) {
    if (at < path.length && !isSlash(path.at(at))) continue;
    if (isDots(path.part(from, at))) return fail('a path has dot segments');
    from = at + 1;
  }
}

/** URL parsers take a backslash for a slash. */
function isSlash(byte: u32): bool {
  return byte == 0x2f || byte == 0x5c;
}

/** Whether a segment is `.` or `..`, each dot as it is or percent-encoded. */
function isDots(segment: Bytes): bool {
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

function isEncodedDot(segment: Bytes, at: i32): bool {
  return segment.at(at + 1) == 0x32 && toLower(segment.at(at + 2)) == 0x65;
}

/** Copies, and percent-encodes what would end a path or a query, or may not stand in a URL. */
function encodeTo(to: Builder, text: Bytes, isQuery: bool): void {
  for (let at = 0; at < text.length; at++) {
    const byte = text.at(at);
    if (byte <= 0x20 || byte >= 0x7f || byte == 0x23 || byte == 0x5c || (byte == 0x3f && !isQuery)) {
      to.byte(0x25);
      to.byte(upperHexDigit(byte >> 4));
      to.byte(upperHexDigit(byte & 15));
    } else to.byte(byte);
  }
}

/** RFC 3986 asks for upper case. */
export function upperHexDigit(value: u32): u32 {
  return value < 10 ? 0x30 + value : 0x37 + value;
}
