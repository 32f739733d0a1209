use super::alloc::{string::String, vec::Vec};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Encodes bytes as base64, with padding.
pub fn base64_encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let at = |place: usize| u32::from(three.get(place).copied().unwrap_or(0));
        let bits = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let is_padding = place > three.len();
            let digit = ALPHABET[(bits >> (18 - 6 * place)) as usize & 63];
            text.push(if is_padding { '=' } else { char::from(digit) });
        }
    }
    text
}

/// Decodes base64 strictly: standard alphabet, with padding, without whitespace and without unused bits.
pub fn base64_decode(text: &str) -> Result<Vec<u8>, &'static str> {
    const FAULT: &str = "expected base64, padded, of the standard alphabet";
    let digits = text.as_bytes();
    if digits.len() % 4 != 0 {
        return Err(FAULT);
    }
    let padding = digits.iter().rev().take(2).take_while(|digit| **digit == b'=').count();
    let mut bytes = Vec::with_capacity(digits.len() / 4 * 3);
    let content = &digits[..digits.len() - padding];
    for four in content.chunks(4) {
        let mut bits = 0u32;
        for digit in four {
            bits = bits << 6 | value_of(*digit).ok_or(FAULT)?;
        }
        match four.len() {
            4 => bytes.extend_from_slice(&bits.to_be_bytes()[1..]),
            3 if bits & 3 == 0 => bytes.extend_from_slice(&(bits >> 2).to_be_bytes()[2..]),
            2 if bits & 15 == 0 => bytes.push((bits >> 4) as u8),
            _ => return Err(FAULT),
        }
    }
    Ok(bytes)
}

fn value_of(digit: u8) -> Option<u32> {
    let value = match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}
