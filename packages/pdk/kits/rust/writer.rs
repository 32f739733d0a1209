//! Writes compact JSON, in the order of the calls.

use core::fmt::Display;

use super::alloc::{format, string::String};
use super::double::write_double;
use super::json::Json;
use super::map::Map;
use super::place::{place_of, shortened};
use super::reader::Key;
use super::text;

/// A value cannot be written. The writer has the reason.
#[derive(Clone, Copy, Debug)]
pub struct Unwritable;

pub type Written = Result<(), Unwritable>;

/// A type of the contract that can be written.
pub trait Encode {
    fn encode(&self, writer: &mut Writer) -> Written;
}

pub struct Writer {
    text: String,
    /// The `_v` of the outermost object.
    envelope: Option<u32>,
    reason: String,
}

impl Writer {
    pub fn new() -> Writer {
        Writer { text: String::new(), envelope: None, reason: String::new() }
    }

    /// Writes a whole text. Places in errors begin with `root`.
    pub fn write(
        root: &str,
        envelope: Option<u32>,
        write: impl FnOnce(&mut Self) -> Written,
    ) -> Result<String, String> {
        let mut writer = Writer { envelope, ..Writer::new() };
        match write(&mut writer) {
            Ok(()) => Ok(writer.text),
            Err(Unwritable) => Err(format!("{}: {}", place_of(&writer.text, root), writer.reason)),
        }
    }

    pub fn into_text(self) -> String {
        self.text
    }

    /// Rejects the next value.
    #[cold]
    pub fn refuse(&mut self, reason: &str) -> Written {
        self.reason = String::from(reason);
        Err(Unwritable)
    }

    #[cold]
    fn refuse_range(&mut self, minimum: impl Display, maximum: impl Display) -> Written {
        self.refuse(&format!("expected an integer from {minimum} to {maximum}"))
    }

    /// Writes text that is already JSON.
    pub fn put(&mut self, json: &str) {
        self.text.push_str(json);
    }

    /// Writes a value from the contract.
    pub fn raw(&mut self, json: &str) -> Written {
        self.put(json);
        Ok(())
    }

    pub fn open_object(&mut self) {
        self.text.push('{');
        if let Some(version) = self.envelope.take() {
            self.text.push_str("\"_v\":");
            self.digits(u64::from(version));
        }
    }

    pub fn close_object(&mut self) -> Written {
        self.raw("}")
    }

    fn comma(&mut self) {
        if !matches!(self.text.as_bytes().last(), None | Some(b'{' | b'[')) {
            self.text.push(',');
        }
    }

    /// Writes a key of the contract, which is given quoted and with its colon.
    pub fn key(&mut self, quoted: &str) {
        self.comma();
        self.text.push_str(quoted);
    }

    /// Writes a key that the contract does not name.
    pub fn entry(&mut self, key: &str) {
        self.comma();
        self.quoted(key);
        self.put(":");
    }

    pub fn open_list(&mut self) {
        self.text.push('[');
    }

    pub fn close_list(&mut self) -> Written {
        self.raw("]")
    }

    /// Call it before each element of a list.
    pub fn item(&mut self) {
        self.comma();
    }

    pub fn list<T>(&mut self, items: &[T], mut write: impl FnMut(&mut Self, &T) -> Written) -> Written {
        self.open_list();
        for item in items {
            self.item();
            write(self, item)?;
        }
        self.close_list()
    }

    pub fn map<T>(&mut self, map: &Map<T>, mut write: impl FnMut(&mut Self, &T) -> Written) -> Written {
        self.open_object();
        for (key, value) in map.iter() {
            self.entry(key);
            write(self, value)?;
        }
        self.close_object()
    }

    /// Writes a map that may have only these keys and must have all required ones.
    pub fn keyed_map<T>(&mut self, keys: &[Key], map: &Map<T>, write: impl FnMut(&mut Self, &T) -> Written) -> Written {
        if let Some(key) = keys.iter().find(|key| key.is_required && map.get(key.name).is_none()) {
            return self.refuse(&format!("missing key \"{}\"", key.name));
        }
        if let Some((name, _)) = map.iter().find(|(name, _)| keys.iter().all(|key| key.name != *name)) {
            return self.refuse(&format!("unknown key \"{}\"", shortened(name)));
        }
        self.map(map, write)
    }

    pub fn nullable<T>(&mut self, value: &Option<T>, write: impl FnOnce(&mut Self, &T) -> Written) -> Written {
        match value {
            Some(value) => write(self, value),
            None => self.raw("null"),
        }
    }

    pub fn quoted(&mut self, text: &str) {
        text::encode(text, &mut self.text);
    }

    pub fn string(&mut self, value: &str) -> Written {
        self.quoted(value);
        Ok(())
    }

    pub fn boolean(&mut self, value: bool) -> Written {
        self.raw(if value { "true" } else { "false" })
    }

    pub fn json(&mut self, value: &Json) -> Written {
        self.raw(value.as_text())
    }

    pub fn json_object(&mut self, value: &Json) -> Written {
        if !value.as_text().starts_with('{') {
            return self.refuse("expected an object");
        }
        self.json(value)
    }

    /// Writes an unsigned number.
    pub fn digits(&mut self, mut value: u64) {
        let mut digits = [0; 20];
        let mut at = digits.len();
        loop {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
            if value == 0 {
                break;
            }
        }
        for digit in &digits[at..] {
            self.text.push(char::from(*digit));
        }
    }

    pub fn u64(&mut self, value: u64, minimum: u64, maximum: u64) -> Written {
        if value < minimum || value > maximum {
            return self.refuse_range(minimum, maximum);
        }
        self.digits(value);
        Ok(())
    }

    pub fn u32(&mut self, value: u32, minimum: u32, maximum: u32) -> Written {
        self.u64(u64::from(value), u64::from(minimum), u64::from(maximum))
    }

    pub fn i64(&mut self, value: i64, minimum: i64, maximum: i64) -> Written {
        if value < minimum || value > maximum {
            return self.refuse_range(minimum, maximum);
        }
        if value < 0 {
            self.put("-");
        }
        self.digits(value.unsigned_abs());
        Ok(())
    }

    pub fn i32(&mut self, value: i32, minimum: i32, maximum: i32) -> Written {
        self.i64(i64::from(value), i64::from(minimum), i64::from(maximum))
    }

    /// Writes a finite number that satisfies `fits`, as JavaScript does.
    pub fn number(&mut self, value: f64, fits: fn(f64) -> bool) -> Written {
        if !value.is_finite() || !fits(value) {
            return self.refuse("expected a finite number in range");
        }
        write_double(value, &mut self.text);
        Ok(())
    }
}
