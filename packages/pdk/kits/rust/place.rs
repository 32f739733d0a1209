//! The place of an error in a message, such as `request.candidates[2].name`.

use super::alloc::{format, string::String, vec::Vec};
use super::text::part;

enum Level<'a> {
    Object(Option<&'a str>),
    List(usize),
}

/// Longer keys are cut.
const LONGEST_KEY: usize = 64;

/// Returns the place at the end of `before`, which is the valid part of a message.
#[cold]
pub fn place_of(before: &str, root: &str) -> String {
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
    for step in levels.iter() {
        match step {
            Level::Object(Some(key)) if is_word(key) => {
                place.push('.');
                place.push_str(key);
            }
            Level::Object(Some(key)) => place.push_str(&format!("[\"{}\"]", shortened(key))),
            Level::Object(None) => {}
            Level::List(index) => place.push_str(&format!("[{index}]")),
        }
    }
    place
}

fn is_word(key: &str) -> bool {
    !key.is_empty() && key.len() <= LONGEST_KEY && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// Returns the beginning of a key that is too long to show.
pub fn shortened(key: &str) -> &str {
    let end = key.char_indices().nth(LONGEST_KEY).map_or(key.len(), |(at, _)| at);
    part(key, 0, end)
}
