//! Where in a message something is wrong, as `request.candidates[2].name`.

use super::alloc::{format, string::String, vec::Vec};

enum Level<'a> {
    Object(Option<&'a str>),
    List(usize),
}

/// The place at the end of `before`, the part of a message that is in order. Keys of the levels in `nameless` are shown as `*`.
#[cold]
pub fn place_of(before: &str, root: &str, nameless: u128) -> String {
    let bytes = before.as_bytes();
    let mut levels = Vec::new();
    let mut text = "";
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'{' => levels.push(Level::Object(None)),
            b'[' => levels.push(Level::List(0)),
            b'}' | b']' => {
                levels.pop();
            }
            b':' => {
                if let Some(Level::Object(key)) = levels.last_mut() {
                    *key = Some(text);
                }
            }
            b',' => match levels.last_mut() {
                Some(Level::Object(key)) => *key = None,
                Some(Level::List(index)) => *index += 1,
                None => {}
            },
            b'"' => {
                let start = at + 1;
                at = start;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                text = before.get(start..at).unwrap_or("");
            }
            _ => {}
        }
        at += 1;
    }
    let mut place = String::from(root);
    for (level, step) in levels.iter().enumerate() {
        match step {
            Level::Object(Some(_)) if nameless >> level.min(127) & 1 == 1 => place.push_str(".*"),
            Level::Object(Some(key)) if is_word(key) => {
                place.push('.');
                place.push_str(key);
            }
            Level::Object(Some(key)) => place.push_str(&format!("[\"{key}\"]")),
            Level::Object(None) => {}
            Level::List(index) => place.push_str(&format!("[{index}]")),
        }
    }
    place
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}
