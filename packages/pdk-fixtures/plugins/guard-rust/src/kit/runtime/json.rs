use super::alloc::{format, string::String, vec::Vec};
use super::map::Map;
use super::reader::{Decode, Read, Reader};
use super::text;
use super::writer::Writer;

/// Any JSON value with its original text, so it can be passed on unchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Json(String);

/// The kind of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    List,
    Object,
}

impl Json {
    /// Wraps text that a [`Reader`] or a [`Writer`] has checked.
    pub(super) fn trusted(text: &str) -> Json {
        Json(String::from(text))
    }

    /// The value of a field that is not read yet.
    pub(super) fn blank() -> Json {
        Json(String::new())
    }

    /// Parses text that is one JSON value. The error names the place.
    pub fn parse(text: &str) -> Result<Json, String> {
        Reader::read(text, "json", None, |reader| reader.json())
    }

    pub fn null() -> Json {
        Json::trusted("null")
    }

    /// Returns an object. The keys must be unique.
    pub fn object<K: AsRef<str>>(entries: impl IntoIterator<Item = (K, Json)>) -> Json {
        let mut writer = Writer::new();
        writer.put("{");
        for (key, value) in entries {
            writer.entry(key.as_ref());
            writer.put(&value.0);
        }
        writer.put("}");
        Json(writer.into_text())
    }

    pub fn list(items: impl IntoIterator<Item = Json>) -> Json {
        let mut writer = Writer::new();
        writer.put("[");
        for item in items {
            writer.item();
            writer.put(&item.0);
        }
        writer.put("]");
        Json(writer.into_text())
    }

    /// Returns the JSON text.
    pub fn as_text(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> JsonKind {
        match self.0.as_bytes().first() {
            Some(b'{') => JsonKind::Object,
            Some(b'[') => JsonKind::List,
            Some(b'"') => JsonKind::String,
            Some(b't' | b'f') => JsonKind::Boolean,
            Some(b'n') => JsonKind::Null,
            _ => JsonKind::Number,
        }
    }

    fn look<T>(&self, read: impl FnOnce(&mut Reader) -> Read<T>) -> Option<T> {
        Reader::read(&self.0, "", None, read).ok()
    }

    /// Returns the content of a string.
    pub fn string(&self) -> Option<String> {
        self.look(|reader| reader.string())
    }

    pub fn boolean(&self) -> Option<bool> {
        self.look(|reader| reader.boolean())
    }

    /// Returns a whole number from 0 to 2^64 - 1, exactly.
    pub fn u64(&self) -> Option<u64> {
        self.look(|reader| reader.u64(0, u64::MAX))
    }

    /// Returns a whole number from -2^63 to 2^63 - 1, exactly.
    pub fn i64(&self) -> Option<i64> {
        self.look(|reader| reader.i64(i64::MIN, i64::MAX))
    }

    /// Returns any finite number, rounded to a double.
    pub fn f64(&self) -> Option<f64> {
        self.look(|reader| reader.number(|_| true))
    }

    /// Returns the elements of a list.
    pub fn items(&self) -> Option<Vec<Json>> {
        self.look(|reader| Vec::decode(reader))
    }

    /// Returns the keys and values of an object.
    pub fn entries(&self) -> Option<Map<Json>> {
        self.look(|reader| Map::decode(reader))
    }

    /// Returns the value of an object's key.
    pub fn get(&self, key: &str) -> Option<Json> {
        let mut found = None;
        self.look(|reader| {
            reader.entries(&mut |reader, name| {
                if name == key {
                    found = Some(reader.json()?);
                    return Ok(());
                }
                reader.value()
            })
        })?;
        found
    }

    /// Reads one of the contract's types, strictly. The error names the place.
    pub fn read<T: Decode>(&self) -> Result<T, String> {
        Reader::read(&self.0, "json", None, T::decode)
    }
}

impl From<&str> for Json {
    fn from(value: &str) -> Json {
        let mut json = String::new();
        text::encode(value, &mut json);
        Json(json)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Json {
        Json::trusted(if value { "true" } else { "false" })
    }
}

impl From<u64> for Json {
    fn from(value: u64) -> Json {
        Json(format!("{value}"))
    }
}

impl From<i64> for Json {
    fn from(value: i64) -> Json {
        Json(format!("{value}"))
    }
}
