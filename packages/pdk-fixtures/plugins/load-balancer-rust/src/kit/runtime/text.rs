//! Reads and writes JSON strings.

use super::alloc::string::String;

const ONES: u64 = u64::MAX / 255;
const TOPS: u64 = ONES << 7;

/// For each of eight bytes, sets its top bit if the byte is below `limit`, which is at most 128.
fn below(word: u64, limit: u64) -> u64 {
    word.wrapping_sub(ONES * limit) & !word & TOPS
}

/// Returns the number of bytes before the first that a string must escape: a quotation mark, a backslash or a control character.
pub fn plain_length(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..at + 8) {
        let word = u64::from_le_bytes([eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]]);
        let found = below(word, 0x20) | below(word ^ (ONES * 0x22), 1) | below(word ^ (ONES * 0x5c), 1);
        if found != 0 {
            return at + found.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while at < bytes.len() && !matches!(bytes[at], 0..=0x1f | b'"' | b'\\') {
        at += 1;
    }
    at
}

/// Returns a part of a text, or an empty text where an index would panic. The message of such a panic would add some KB to the module.
pub fn part(text: &str, start: usize, end: usize) -> &str {
    text.get(start..end).unwrap_or("")
}

/// Returns the text after a position.
pub fn after(text: &str, start: usize) -> &str {
    text.get(start..).unwrap_or("")
}

/// Returns the four hexadecimal digits at the beginning.
fn hex_of(bytes: &[u8]) -> Option<u32> {
    bytes.get(..4)?.iter().try_fold(0, |value, digit| Some(value << 4 | (*digit as char).to_digit(16)?))
}

/// Returns the character of the escape after a backslash, and its length. Returns the reason if it is not an escape.
fn unescape(bytes: &[u8]) -> Result<(char, usize), &'static str> {
    const UNKNOWN: &str = "an unknown escape";
    const LONE: &str = "a lone surrogate";
    let short = match bytes.first() {
        Some(b'u') => {
            let unit = hex_of(&bytes[1..]).ok_or(UNKNOWN)?;
            if !(0xd800..0xe000).contains(&unit) {
                return Ok((char::from_u32(unit).ok_or(LONE)?, 5));
            }
            if unit >= 0xdc00 || bytes.get(5..7) != Some(b"\\u") {
                return Err(LONE);
            }
            let low = hex_of(&bytes[7..]).ok_or(UNKNOWN)?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(LONE);
            }
            let pair = 0x10000 + ((unit - 0xd800) << 10 | (low - 0xdc00));
            return Ok((char::from_u32(pair).ok_or(LONE)?, 11));
        }
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        _ => return Err(UNKNOWN),
    };
    Ok((short, 1))
}

/// Returns the end of a string, and whether it has escapes. `text` begins after the opening quotation mark.
pub fn measure(text: &str) -> Result<(usize, bool), &'static str> {
    let bytes = text.as_bytes();
    let mut at = plain_length(bytes);
    let mut has_escapes = false;
    loop {
        match bytes.get(at) {
            Some(b'"') => return Ok((at, has_escapes)),
            Some(b'\\') => {
                has_escapes = true;
                at += 1 + unescape(&bytes[at + 1..])?.1;
            }
            Some(_) => return Err("a control character in a string"),
            None => return Err("a string without an end"),
        }
        at += plain_length(&bytes[at..]);
    }
}

/// Returns the content of a string whose end is known.
pub fn decode(mut text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    loop {
        let plain = plain_length(text.as_bytes());
        decoded.push_str(part(text, 0, plain));
        let Ok((character, length)) = unescape(text.as_bytes().get(plain + 1..).unwrap_or(&[])) else { return decoded };
        decoded.push(character);
        text = after(text, plain + 1 + length);
    }
}

/// Appends a string with its quotation marks, escaped as `JSON.stringify` does.
pub fn encode(mut text: &str, json: &mut String) {
    json.push('"');
    loop {
        let plain = plain_length(text.as_bytes());
        json.push_str(part(text, 0, plain));
        let Some(byte) = text.as_bytes().get(plain) else { break };
        json.push('\\');
        match byte {
            8 => json.push('b'),
            9 => json.push('t'),
            10 => json.push('n'),
            12 => json.push('f'),
            13 => json.push('r'),
            0..=0x1f => {
                json.push_str(if *byte < 16 { "u000" } else { "u001" });
                json.push(char::from(b"0123456789abcdef"[usize::from(byte & 15)]));
            }
            _ => json.push(char::from(*byte)),
        }
        text = after(text, plain + 1);
    }
    json.push('"');
}
