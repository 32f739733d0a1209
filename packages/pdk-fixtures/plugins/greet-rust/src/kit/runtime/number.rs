//! JSON numbers as decimals, so that integers are exact and need no floating point.

/// The digits of a number: `12.50` is 125 with the exponent -1.
pub struct Decimal<'a> {
    is_negative: bool,
    /// Without zeros at both ends. Empty for zero. May contain a decimal point.
    digits: &'a [u8],
    exponent: i64,
}

/// The largest whole number that a JSON number with a decimal point or an exponent can represent exactly: 2^53.
const EXACT: u64 = 1 << 53;

impl<'a> Decimal<'a> {
    /// Parses a number that has the form of JSON.
    pub fn new(token: &'a [u8]) -> Decimal<'a> {
        let is_negative = token.first() == Some(&b'-');
        let token = &token[usize::from(is_negative)..];
        let split = token.iter().position(|byte| matches!(byte, b'e' | b'E')).unwrap_or(token.len());
        let (mut digits, written) = (&token[..split], token.get(split + 1..).unwrap_or(&[]));
        let mut exponent = read_exponent(written);
        let dot = digits.iter().position(|byte| *byte == b'.').unwrap_or(digits.len());
        exponent -= digits.len().saturating_sub(dot + 1) as i64;
        while let [first, rest @ ..] = digits {
            if !matches!(first, b'0' | b'.') {
                break;
            }
            digits = rest;
        }
        while let [rest @ .., last] = digits {
            match last {
                b'.' => {}
                b'0' => exponent += 1,
                _ => break,
            }
            digits = rest;
        }
        if digits.is_empty() {
            return Decimal { is_negative: false, digits, exponent: 0 };
        }
        Decimal { is_negative, digits, exponent }
    }

    /// Returns whether the number is negative, and its magnitude. Returns `None` if it is not whole.
    pub fn integer(&self) -> Option<(bool, u64)> {
        if self.exponent < 0 || self.exponent > 20 {
            return None;
        }
        let mut value = 0u64;
        for digit in self.significant() {
            value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        }
        for _ in 0..self.exponent {
            value = value.checked_mul(10)?;
        }
        Some((self.is_negative, value))
    }

    fn significant(&self) -> impl Iterator<Item = &u8> {
        self.digits.iter().filter(|byte| **byte != b'.')
    }

    /// Whether both are the same number.
    pub fn equals(&self, other: &Decimal) -> bool {
        self.is_negative == other.is_negative
            && self.exponent == other.exponent
            && self.significant().eq(other.significant())
    }
}

fn read_exponent(text: &[u8]) -> i64 {
    let digits = text.iter().filter(|byte| byte.is_ascii_digit());
    // More than any number needs. It cannot overflow.
    let value = digits.fold(0i64, |value, digit| (value * 10 + i64::from(digit - b'0')).min(1 << 40));
    if text.first() == Some(&b'-') { -value } else { value }
}

/// Returns whether a JSON number is negative, and its magnitude, if it is whole. `1.0` and `1e3` are whole, up to 2^53.
pub fn whole(token: &[u8]) -> Option<(bool, u64)> {
    let digits = token.strip_prefix(b"-").unwrap_or(token);
    if digits.len() < 20 && digits.iter().all(u8::is_ascii_digit) {
        let value = digits.iter().fold(0u64, |value, digit| value * 10 + u64::from(digit - b'0'));
        return Some((digits.len() < token.len(), value));
    }
    let (is_negative, value) = Decimal::new(token).integer()?;
    if value > EXACT && !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((is_negative, value))
}
