use super::alloc::{format, string::String, vec::Vec};
use super::error::Error;
use super::handshake::Function;
use super::reader::{Decode, Key, Read, Reader};
use super::writer::{Encode, Writer, Written};

/// A sample that must be the same after a type reads and writes it.
pub struct Sample {
    /// Either `request` or `response`.
    pub side: &'static str,
    pub text: &'static str,
    /// The function [`rewrite`] for the type.
    pub rewrite: fn(&mut Reader, &mut Writer) -> Read<Written>,
}

/// Reads a value of a type and writes it.
pub fn rewrite<T: Decode + Encode>(reader: &mut Reader, writer: &mut Writer) -> Read<Written> {
    Ok(T::decode(reader)?.encode(writer))
}

fn check(Sample { side, text, rewrite }: &Sample) -> Result<(), String> {
    let written = Writer::write(side, None, |writer| match Reader::read(text, side, None, |reader| rewrite(reader, writer)) {
        Ok(written) => written,
        Err(_) => writer.refuse("the sample cannot be read"),
    })?;
    match written == *text {
        true => Ok(()),
        false => Err(format!("{side}: the sample is not what it was once it is written again")),
    }
}

/// Answers the host's self-check: the samples of each function that the host names and the plugin has.
pub fn self_check(request: &str, functions: &[Function]) -> Result<String, Error> {
    const KEYS: &[Key] = &[Key { name: "functions_to_test", is_required: true }, Key { name: "initiated_at", is_required: true }];
    let (mut names, mut time) = (Vec::<String>::new(), 0);
    Reader::read(request, "request", None, |reader| {
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => names.fill(reader)?,
                _ => time = reader.u64(1, u64::MAX)?,
            }
            Ok(())
        })
    })?;
    if !(1..=16).contains(&names.len()) {
        return Err(Error::from("request.functions_to_test: expected 1 to 16 functions"));
    }
    let mut failures = Writer::new();
    for function in functions.iter().filter(|function| names.iter().any(|name| name == function.name)) {
        if let Some(words) = function.samples.iter().find_map(|sample| check(sample).err()) {
            failures.item();
            failures.put("{\"stage\":\"wire_function_test\",\"message\":");
            failures.quoted(&format!("{}: {words}", function.name));
            failures.put("}");
        }
    }
    let failures = failures.into_text();
    let mut writer = Writer::new();
    writer.put(if failures.is_empty() { "{\"status\":\"success\",\"failures\":[" } else { "{\"status\":\"failure\",\"failures\":[" });
    writer.put(&failures);
    writer.put("],\"completed_at\":");
    writer.digits(time);
    writer.put("}");
    Ok(writer.into_text())
}
