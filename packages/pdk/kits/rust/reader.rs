//! Strict JSON. Rejects messages that do not fit exactly, and names the place.

use core::fmt::Display;

use super::alloc::{borrow::Cow, format, string::String, vec::Vec};
use super::fill::some;
use super::json::Json;
use super::key_set::KeySet;
use super::map::Map;
use super::number::{whole, Decimal};
use super::place::{place_of, shortened};
use super::text;

/// The message cannot be read. The reader has the reason.
#[derive(Clone, Copy, Debug)]
pub struct Refused;

pub type Read<T> = Result<T, Refused>;

/// A type that can be read. Reading fills a blank value in place, so nothing is moved and fields need no `Option`.
pub trait Decode: Sized {
    /// Returns a value to fill in. It is never visible: an object with missing required keys is rejected.
    fn blank() -> Self;

    /// Reads into a blank value.
    fn fill(&mut self, reader: &mut Reader) -> Read<()>;

    /// Reads and returns a value.
    fn decode(reader: &mut Reader) -> Read<Self> {
        let mut value = Self::blank();
        value.fill(reader)?;
        Ok(value)
    }
}

/// A key of an object.
pub struct Key {
    pub name: &'static str,
    pub is_required: bool,
}

/// A value of a literal. Numbers are written as in JSON. Words are `true`, `false` and `null`.
pub enum Scalar {
    Text(&'static str),
    Number(&'static str),
    Word(&'static str),
}

/// The most levels of lists and objects in a message.
const MOST_LEVELS: usize = 128;

pub struct Reader<'a> {
    text: &'a str,
    at: usize,
    level: usize,
    /// The `_v` that the outermost object must have.
    envelope: Option<u32>,
    has_envelope: bool,
    /// The number of union options that may still be tried. It prevents exponential time.
    tries: usize,
    /// The place and the reason of the rejection.
    refusal: (usize, String),
}

impl<'a> Reader<'a> {
    /// Reads a whole text. Places in errors begin with `root`.
    pub fn read<T>(
        text: &'a str,
        root: &str,
        envelope: Option<u32>,
        read: impl FnOnce(&mut Self) -> Read<T>,
    ) -> Result<T, String> {
        let mut reader = Reader {
            text,
            at: 0,
            level: 0,
            envelope,
            has_envelope: false,
            tries: 1000 + 64 * text.len(),
            refusal: (0, String::new()),
        };
        match read(&mut reader).and_then(|value| reader.end().map(|()| value)) {
            Ok(value) => Ok(value),
            Err(Refused) => Err(reader.words(root)),
        }
    }

    fn words(&self, root: &str) -> String {
        let (at, reason) = &self.refusal;
        format!("{}: {reason}", place_of(text::part(self.text, 0, *at), root))
    }

    #[cold]
    fn refuse_at<T>(&mut self, at: usize, reason: &str) -> Read<T> {
        self.refusal = (at, String::from(reason));
        Err(Refused)
    }

    #[cold]
    fn refuse_key<T>(&mut self, at: usize, reason: &str, key: &str) -> Read<T> {
        self.refuse_at(at, &format!("{reason} \"{}\"", shortened(key)))
    }

    #[cold]
    fn refuse_range<T>(&mut self, at: usize, minimum: impl Display, maximum: impl Display) -> Read<T> {
        self.refuse_at(at, &format!("expected an integer from {minimum} to {maximum}"))
    }

    /// Rejects the value that begins here.
    pub fn refuse<T>(&mut self, reason: &str) -> Read<T> {
        self.refuse_at(self.at, reason)
    }

    /// Returns the next byte that is not whitespace, or 0 at the end.
    pub fn peek(&mut self) -> u8 {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }

    fn skip(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    fn end(&mut self) -> Read<()> {
        self.peek();
        if self.at == self.text.len() { Ok(()) } else { self.refuse_at(0, "text behind the value") }
    }

    fn enter(&mut self, open: u8, reason: &str) -> Read<usize> {
        self.peek();
        let start = self.at;
        if self.level == MOST_LEVELS {
            return self.refuse("nests deeper than 128 levels");
        }
        if !self.skip(open) {
            return self.refuse(reason);
        }
        self.level += 1;
        Ok(start)
    }

    /// Whether another part follows in a list or an object.
    fn next_part(&mut self, close: u8, is_first: &mut bool) -> Read<bool> {
        if self.skip(close) {
            self.level -= 1;
            return Ok(false);
        }
        if !core::mem::take(is_first) && !self.skip(b',') {
            return self.refuse("expected a comma or an end");
        }
        Ok(true)
    }

    /// Reads an object with keys in any order, each once, and no others. `read` reads the value of the key with this index.
    pub fn object(&mut self, keys: &[Key], read: &mut dyn FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        let start = self.enter(b'{', "expected an object")?;
        let has_envelope = self.level == 1 && self.envelope.is_some();
        let mut few = [0u64; 4];
        let mut many = Vec::new();
        let seen = if keys.len() <= 256 {
            &mut few[..]
        } else {
            many.resize(keys.len() / 64 + 1, 0);
            &mut many[..]
        };
        let mut expected = 0;
        let mut is_first = true;
        while self.next_part(b'}', &mut is_first)? {
            let key = self.key()?;
            let place = match keys.get(expected) {
                Some(next) if next.name == key => Some(expected),
                _ => keys.iter().position(|each| each.name == key),
            };
            let Some(place) = place else {
                if has_envelope && key == "_v" {
                    self.version()?;
                    continue;
                }
                return self.refuse_key(start, "unknown key", &key);
            };
            let (word, bit) = (place / 64, 1 << (place % 64));
            if seen[word] & bit != 0 {
                return self.refuse_key(start, "a key that comes twice:", &key);
            }
            seen[word] |= bit;
            expected = place + 1;
            read(self, place)?;
        }
        if has_envelope && !self.has_envelope {
            return self.refuse_key(start, "missing key", "_v");
        }
        match keys.iter().enumerate().find(|(at, key)| key.is_required && seen[at / 64] & 1 << (at % 64) == 0) {
            Some((_, key)) => self.refuse_key(start, "missing key", key.name),
            None => Ok(()),
        }
    }

    fn version(&mut self) -> Read<()> {
        if core::mem::replace(&mut self.has_envelope, true) {
            return self.refuse("the key comes twice");
        }
        self.peek();
        let start = self.at;
        let version = self.u32(0, u32::MAX)?;
        if Some(version) == self.envelope { Ok(()) } else { self.refuse_at(start, "another version than that of the function that was called") }
    }

    /// Returns the value of `_v` without reading the rest completely, or 0 if there is none.
    pub fn find_version(&mut self) -> Read<u32> {
        let mut version = 0;
        self.entries(&mut |reader, key| {
            if key == "_v" {
                version = reader.u32(0, u32::MAX)?;
                return Ok(());
            }
            reader.value()
        })?;
        Ok(version)
    }

    /// Reads an object with any keys, each once.
    pub fn entries(&mut self, read: &mut dyn FnMut(&mut Self, &str) -> Read<()>) -> Read<()> {
        let start = self.enter(b'{', "expected an object")?;
        let mut keys = KeySet::default();
        let mut is_first = true;
        while self.next_part(b'}', &mut is_first)? {
            let key = self.key()?;
            if !keys.add(key.clone()) {
                return self.refuse_key(start, "a key that comes twice:", &key);
            }
            read(self, &key)?;
        }
        Ok(())
    }

    pub fn map<T: Decode>(&mut self, map: &mut Map<T>, mut fill: impl FnMut(&mut Self, &mut T) -> Read<()>) -> Read<()> {
        self.entries(&mut |reader, key| fill(reader, map.push_blank(key)))
    }

    /// Reads an object that may have only these keys, in any order.
    pub fn keyed_map<T: Decode>(
        &mut self,
        map: &mut Map<T>,
        keys: &[Key],
        mut fill: impl FnMut(&mut Self, &mut T) -> Read<()>,
    ) -> Read<()> {
        self.object(keys, &mut |reader, place| fill(reader, map.push_blank(keys[place].name)))
    }

    /// Reads a key and its colon.
    fn key(&mut self) -> Read<Cow<'a, str>> {
        if self.peek() != b'"' {
            return self.refuse("expected a key");
        }
        let key = self.text()?;
        if self.skip(b':') { Ok(key) } else { self.refuse("expected a colon") }
    }

    pub fn list<T: Decode>(&mut self, items: &mut Vec<T>, mut fill: impl FnMut(&mut Self, &mut T) -> Read<()>) -> Read<()> {
        self.elements(&mut |reader, _| {
            items.push(T::blank());
            match items.last_mut() {
                Some(item) => fill(reader, item),
                None => Ok(()),
            }
        })
    }

    /// Reads a list with at least `least` elements. Without a rest, it must not have more.
    pub fn tuple(&mut self, least: usize, has_rest: bool, read: &mut dyn FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        self.peek();
        let start = self.at;
        let mut count = 0;
        self.elements(&mut |reader, place| {
            count += 1;
            if count > least && !has_rest {
                return reader.refuse("an element too many");
            }
            read(reader, place)
        })?;
        if count < least { self.refuse_at(start, "has too few elements") } else { Ok(()) }
    }

    fn elements(&mut self, read: &mut dyn FnMut(&mut Self, usize) -> Read<()>) -> Read<()> {
        self.enter(b'[', "expected a list")?;
        let mut is_first = true;
        let mut place = 0;
        while self.next_part(b']', &mut is_first)? {
            read(self, place)?;
            place += 1;
        }
        Ok(())
    }

    pub fn nullable<T: Decode>(&mut self, place: &mut Option<T>, fill: impl FnOnce(&mut Self, &mut T) -> Read<()>) -> Read<()> {
        if self.peek() == b'n' { self.null() } else { fill(self, some(place)) }
    }

    fn text(&mut self) -> Read<Cow<'a, str>> {
        if self.peek() != b'"' {
            return self.refuse("expected a string");
        }
        let rest = text::after(self.text, self.at + 1);
        match text::measure(rest) {
            Ok((length, has_escapes)) => {
                self.at += length + 2;
                let inside = text::part(rest, 0, length);
                Ok(if has_escapes { Cow::Owned(text::decode(inside)) } else { Cow::Borrowed(inside) })
            }
            Err(reason) => self.refuse(reason),
        }
    }

    pub fn string(&mut self) -> Read<String> {
        Ok(self.text()?.into_owned())
    }

    fn word(&mut self, word: &str) -> bool {
        self.peek();
        let found = text::after(self.text, self.at).starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    pub fn boolean(&mut self) -> Read<bool> {
        if self.word("true") {
            return Ok(true);
        }
        if self.word("false") { Ok(false) } else { self.refuse("expected true or false") }
    }

    pub fn null(&mut self) -> Read<()> {
        if self.word("null") { Ok(()) } else { self.refuse("expected null") }
    }

    /// Returns the text of a number.
    fn number_text(&mut self, reason: &str) -> Read<&'a str> {
        self.peek();
        let bytes = &self.text.as_bytes()[self.at..];
        let digits = |from: usize| bytes[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut end = usize::from(bytes.first() == Some(&b'-'));
        let whole = digits(end);
        if whole == 0 || (whole > 1 && bytes[end] == b'0') {
            return self.refuse(reason);
        }
        end += whole;
        if bytes.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 {
                return self.refuse(reason);
            }
            end += 1 + fraction;
        }
        if let Some(b'e' | b'E') = bytes.get(end) {
            end += 1;
            end += usize::from(matches!(bytes.get(end), Some(b'+' | b'-')));
            let exponent = digits(end);
            if exponent == 0 {
                return self.refuse(reason);
            }
            end += exponent;
        }
        let text = text::part(self.text, self.at, self.at + end);
        self.at += end;
        Ok(text)
    }

    pub fn u64_into(&mut self, place: &mut u64, minimum: u64, maximum: u64) -> Read<()> {
        *place = self.u64(minimum, maximum)?;
        Ok(())
    }

    pub fn u64(&mut self, minimum: u64, maximum: u64) -> Read<u64> {
        let token = self.number_text("expected an integer")?;
        match whole(token.as_bytes()) {
            Some((is_negative, value)) if value >= minimum && value <= maximum && (!is_negative || value == 0) => Ok(value),
            _ => self.refuse_range(self.at - token.len(), minimum, maximum),
        }
    }

    pub fn u32_into(&mut self, place: &mut u32, minimum: u32, maximum: u32) -> Read<()> {
        *place = self.u32(minimum, maximum)?;
        Ok(())
    }

    pub fn u32(&mut self, minimum: u32, maximum: u32) -> Read<u32> {
        Ok(self.u64(u64::from(minimum), u64::from(maximum))? as u32)
    }

    pub fn i64_into(&mut self, place: &mut i64, minimum: i64, maximum: i64) -> Read<()> {
        *place = self.i64(minimum, maximum)?;
        Ok(())
    }

    pub fn i64(&mut self, minimum: i64, maximum: i64) -> Read<i64> {
        let token = self.number_text("expected an integer")?;
        let value = whole(token.as_bytes()).and_then(|(is_negative, value)| match is_negative {
            false => i64::try_from(value).ok(),
            true if value <= 1 << 63 => Some((value as i64).wrapping_neg()),
            true => None,
        });
        match value {
            Some(value) if value >= minimum && value <= maximum => Ok(value),
            _ => self.refuse_range(self.at - token.len(), minimum, maximum),
        }
    }

    pub fn i32_into(&mut self, place: &mut i32, minimum: i32, maximum: i32) -> Read<()> {
        *place = self.i32(minimum, maximum)?;
        Ok(())
    }

    pub fn i32(&mut self, minimum: i32, maximum: i32) -> Read<i32> {
        Ok(self.i64(i64::from(minimum), i64::from(maximum))? as i32)
    }

    /// Reads a finite number that satisfies `fits`.
    pub fn number(&mut self, fits: fn(f64) -> bool) -> Read<f64> {
        let token = self.number_text("expected a number")?;
        match token.parse::<f64>() {
            Ok(value) if value.is_finite() && fits(value) => Ok(value),
            _ => self.refuse_at(self.at - token.len(), "expected a finite number in range"),
        }
    }

    pub fn number_into(&mut self, place: &mut f64, fits: fn(f64) -> bool) -> Read<()> {
        *place = self.number(fits)?;
        Ok(())
    }

    /// Reads the only value of a constant.
    pub fn constant(&mut self, value: Scalar) -> Read<()> {
        self.choice(&[value]).map(|_| ())
    }

    /// Reads one of these values and returns its index.
    pub fn choice(&mut self, values: &[Scalar]) -> Read<usize> {
        let start = { self.peek(); self.at };
        let found = match self.peek() {
            b'"' => {
                let text = self.text()?;
                values.iter().position(|value| matches!(value, Scalar::Text(known) if *known == text))
            }
            b'-' | b'0'..=b'9' => {
                let number = Decimal::new(self.number_text("expected a number")?.as_bytes());
                values.iter().position(|value| matches!(value, Scalar::Number(known) if Decimal::new(known.as_bytes()).equals(&number)))
            }
            _ => values.iter().position(|value| matches!(value, Scalar::Word(known) if self.word(known))),
        };
        match found {
            Some(place) => Ok(place),
            None => self.refuse_at(start, "is not a value that the contract lists"),
        }
    }

    /// Returns the index of the value that the next object has under a key. Does not move.
    pub fn tag(&mut self, key: &str, values: &[Scalar]) -> Read<usize> {
        let (at, level) = (self.at, self.level);
        let start = self.enter(b'{', "expected an object")?;
        let mut is_first = true;
        while self.next_part(b'}', &mut is_first)? {
            if self.key()? == key {
                let place = self.choice(values)?;
                (self.at, self.level) = (at, level);
                return Ok(place);
            }
            self.value()?;
        }
        self.refuse_at(start, "has no key that says which of its kinds it is")
    }

    /// Tries to read an option of a union. If it returns false, nothing was read, and another option may fit.
    pub fn attempt(&mut self, read: impl FnOnce(&mut Self) -> Read<()>) -> Read<bool> {
        if self.tries == 0 {
            return self.refuse("there are too many ways to read the message");
        }
        self.tries -= 1;
        let before = (self.at, self.level, self.has_envelope);
        match read(self) {
            Ok(()) => Ok(true),
            Err(Refused) if self.tries == 0 => Err(Refused),
            Err(Refused) => {
                (self.at, self.level, self.has_envelope) = before;
                Ok(false)
            }
        }
    }

    /// Reads any JSON and returns its text.
    pub fn json(&mut self) -> Read<Json> {
        self.peek();
        let start = self.at;
        self.value()?;
        Ok(Json::trusted(text::part(self.text, start, self.at)))
    }

    pub fn json_object(&mut self, place: &mut Json) -> Read<()> {
        if self.peek() == b'{' { place.fill(self) } else { self.refuse("expected an object") }
    }

    /// Skips a value and checks it.
    pub fn value(&mut self) -> Read<()> {
        match self.peek() {
            b'{' => self.entries(&mut |reader, _| reader.value()),
            b'[' => self.elements(&mut |reader, _| reader.value()),
            b'"' => self.text().map(|_| ()),
            b't' | b'f' => self.boolean().map(|_| ()),
            b'n' => self.null(),
            _ => self.number_text("expected a value").map(|_| ()),
        }
    }
}

/// Reads a default of the contract.
pub fn default_of(text: &'static str, fill: impl FnOnce(&mut Reader) -> Read<()>) -> Read<()> {
    Reader::read(text, "default", None, fill).map_err(|_| Refused)
}
