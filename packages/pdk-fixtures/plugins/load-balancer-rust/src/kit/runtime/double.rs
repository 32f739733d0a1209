use super::alloc::{format, string::String};
use super::text::{after, part};

/// Appends a finite number as JavaScript writes it: with the fewest digits, and with an exponent only for very large and very small numbers.
pub fn write_double(value: f64, json: &mut String) {
    if value == 0.0 {
        json.push('0');
        return;
    }
    let shortest = shortest(value);
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // The number of digits before the decimal point.
    let point = 1 + exponent.parse::<i32>().unwrap_or(0);
    json.push_str(sign);
    if !(-5..=21).contains(&point) {
        json.push_str(first);
        if !rest.is_empty() {
            json.push('.');
            json.push_str(rest);
        }
        json.push_str(if point > 0 { "e+" } else { "e" });
        json.push_str(exponent);
    } else if point <= 0 {
        json.push_str("0.");
        push_zeros(-point, json);
        json.push_str(first);
        json.push_str(rest);
    } else {
        let whole = point as usize - 1;
        json.push_str(first);
        if rest.len() <= whole {
            json.push_str(rest);
            push_zeros((whole - rest.len()) as i32, json);
        } else {
            json.push_str(part(rest, 0, whole));
            json.push('.');
            json.push_str(after(rest, whole));
        }
    }
}

fn push_zeros(count: i32, json: &mut String) {
    for _ in 0..count {
        json.push('0');
    }
}

/// Returns the fewest digits, such as `1.25e-7`.
fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    even_form(value, &text).unwrap_or(text)
}

/// If a number is exactly between two decimal forms of equal length, JavaScript chooses the even one, and Rust the larger one.
fn even_form(value: f64, text: &str) -> Option<String> {
    let bits = value.to_bits();
    let exponent = (bits >> 52 & 0x7ff) as i32;
    let mantissa = bits & ((1 << 52) - 1) | 1 << 52;
    // The number of digits after the decimal point in the full number. With more of them, the number is not between two forms.
    let fraction = 1075 - exponent - mantissa.trailing_zeros() as i32;
    let (digits, exponent) = text.split_once('e')?;
    if !(1..=25).contains(&fraction) || digits.len() < 15 {
        return None;
    }
    let full = format!("{value:.24e}");
    let end = full.find('e')?;
    let rest = part(&full, digits.len(), end);
    if !rest.starts_with('5') || rest.bytes().skip(1).any(|digit| digit != b'0') {
        return None;
    }
    let smaller = format!("{}e{exponent}", part(&full, 0, digits.len()));
    let is_even = full.as_bytes().get(digits.len() - 1).map_or(false, |digit| digit % 2 == 0);
    (is_even && smaller.parse() == Ok(value)).then_some(smaller)
}
