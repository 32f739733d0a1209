use crate::extism::{Outcome, Output};
use crate::json::{Parsed, Reader};

/// The name as it is written; `keys` are `name`, and `_v` where there is an envelope.
fn read_name<'a>(input: &'a [u8], keys: &[&str]) -> Parsed<&'a str> {
    let mut reader = Reader::new(input)?;
    let mut name = "";
    reader.object(keys, |reader, place| {
        if place == 0 {
            name = reader.string()?;
        } else if reader.count()? != 1 {
            return Err("another version");
        }
        Ok(())
    })?;
    reader.end()?;
    Ok(name)
}

pub fn greet(input: &[u8], output: &mut Output) -> Outcome {
    let name = read_name(input, &["name", "_v"])?;
    output.put(b"{\"_v\":1,\"text\":\"hello, ")?;
    output.put(name.as_bytes())?;
    output.put(b"\"}")
}

const SAMPLE_REQUEST: &[u8] = b"{\"name\":\"Ada\"}";
const SAMPLE_RESPONSE: &[u8] = b"{\"text\":\"hello, Ada\"}";

/// Reads the samples; the strings, which are all that is in them, must be what they were.
pub fn samples_hold() -> bool {
    let mut text = "";
    let response = Reader::new(SAMPLE_RESPONSE).and_then(|mut reader| {
        reader.object(&["text"], |reader, _| reader.string().map(|read| text = read))?;
        reader.end()
    });
    read_name(SAMPLE_REQUEST, &["name"]) == Ok("Ada") && response.is_ok() && text == "hello, Ada"
}
