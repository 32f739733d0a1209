use super::config::configured_map;
use crate::kit::*;

/// Returns the path and query to send upstream, without an origin, which the balancer chooses. Replaces the longest configured prefix that
/// ends at a segment. Fails if a path could leave its prefix (dot segments) or name an origin (`//`).
pub fn rewrite_target(path: &str, query: Option<&str>) -> Result<String, Error> {
    check_path(path.as_bytes())?;
    let prefixes = configured_map("path_prefixes")?;
    let mut found: Option<(&str, &String)> = None;
    for (prefix, replacement) in prefixes.iter() {
        let is_longer = found.map_or(true, |(best, _)| prefix.len() > best.len());
        if is_longer && is_prefix(prefix.as_bytes(), path.as_bytes()) {
            found = Some((prefix, replacement));
        }
    }
    let mut target = String::with_capacity(path.len() + 64);
    match found {
        Some((prefix, replacement)) => {
            encode(replacement.bytes(), false, &mut target);
            encode(path.bytes().skip(prefix.len()), false, &mut target);
        }
        None => encode(path.bytes(), false, &mut target),
    }
    // The configured replacement must not produce a path that a client may not send.
    check_path(target.as_bytes())?;
    if let Some(query) = query {
        target.push('?');
        encode(query.bytes(), true, &mut target);
    }
    Ok(target)
}

/// Whether a prefix ends at the end of a segment: `/v1` is a prefix of `/v1/x`, but not of `/v10`.
fn is_prefix(prefix: &[u8], path: &[u8]) -> bool {
    match path.strip_prefix(prefix) {
        None => false,
        Some([]) | Some([b'/', ..]) => true,
        Some(_) => prefix.ends_with(b"/"),
    }
}

fn check_path(path: &[u8]) -> Result<(), Error> {
    let [b'/', rest @ ..] = path else { return Err(Error::from("a path does not begin with /")) };
    if rest.first().map_or(false, is_slash) {
        return Err(Error::from("a path begins with two slashes"));
    }
    if rest.split(is_slash).any(is_dots) {
        return Err(Error::from("a path has dot segments"));
    }
    Ok(())
}

/// URL parsers treat a backslash as a slash.
fn is_slash(byte: &u8) -> bool {
    matches!(byte, b'/' | b'\\')
}

/// Whether a segment is `.` or `..`. Dots may be percent-encoded.
fn is_dots(mut segment: &[u8]) -> bool {
    let mut dots = 0;
    while let [b'.', rest @ ..] | [b'%', b'2', b'e' | b'E', rest @ ..] = segment {
        segment = rest;
        dots += 1;
    }
    segment.is_empty() && (dots == 1 || dots == 2)
}

/// Percent-encodes characters that would end a path or a query, or are not allowed in a URL.
fn encode(bytes: impl Iterator<Item = u8>, is_query: bool, target: &mut String) {
    for byte in bytes {
        match byte {
            b'?' if is_query => target.push('?'),
            0..=b' ' | 0x7f.. | b'#' | b'\\' | b'?' => percent_encode(byte, target),
            _ => target.push(char::from(byte)),
        }
    }
}

/// Upper case, as RFC 3986 recommends.
pub fn percent_encode(byte: u8, target: &mut String) {
    target.push('%');
    for digit in [byte >> 4, byte & 15] {
        target.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
    }
}
