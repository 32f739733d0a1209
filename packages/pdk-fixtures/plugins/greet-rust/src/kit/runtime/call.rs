//! A call from the host: input, handler, output.

use super::alloc::string::String;
use super::error::Error;
use super::extism;
use super::panic::watch_panics;
use super::reader::{Decode, Reader};
use super::text::{after, part};
use super::writer::{Encode, Writer};

/// Answers a call with the result of `respond`. If it fails, returns the text of the error and a status other than 0.
#[inline(never)]
pub fn answer(respond: fn(&str) -> Result<String, Error>) -> i32 {
    watch_panics();
    let input = extism::input();
    let answer = match core::str::from_utf8(&input) {
        Ok(text) => respond(text),
        Err(_) => Err(Error::from("request: expected UTF-8")),
    };
    match answer {
        Ok(text) => {
            extism::set_output(text.as_bytes());
            0
        }
        Err(error) => {
            extism::set_error(&error.into_text());
            1
        }
    }
}

/// Reads a request of this version, calls the author's function, and writes the response.
pub fn dispatch<Request: Decode, Response: Encode, E: Into<Error>>(
    text: &str,
    version: u32,
    handle: fn(Request) -> Result<Response, E>,
) -> Result<String, Error> {
    let request = Reader::read(text, "request", Some(version), Request::decode)?;
    let response = handle(request).map_err(Into::into)?;
    Ok(Writer::write("response", Some(version), |writer| response.encode(writer))?)
}

/// Returns the version of a request.
pub fn version_of(text: &str) -> Result<u32, Error> {
    // The host writes `_v` last. If the text ends with it and is JSON, it belongs to the outermost object.
    if let Some(start) = text.rfind("\"_v\":") {
        let (before, digits) = (part(text, 0, start), after(text, start + 5));
        let digits = digits.strip_suffix('}').unwrap_or("");
        if !before.ends_with('\\') && !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(digits.parse().unwrap_or(0));
        }
    }
    Ok(Reader::read(text, "request", None, |reader| reader.find_version())?)
}

/// Answers a request of a version that the plugin does not have.
pub fn unknown_version() -> Result<String, Error> {
    Err(Error::from("request._v: a version that the plugin does not have"))
}
