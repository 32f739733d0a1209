use super::alloc::{format, string::String};
use super::error::Error;
use super::handshake::Function;
use super::reader::{Decode, Key, Reader};
use super::writer::{Encode, Writer};

/// Reads the samples of one version and writes them again.
pub type Check = fn() -> Result<(), String>;

/// A sample must come out as it went in.
pub fn check_sample<T: Decode + Encode>(sample: &'static str, root: &str) -> Result<(), String> {
    let value = Reader::read(sample, root, None, T::decode)?;
    match Writer::write(root, None, |writer| value.encode(writer))? == sample {
        true => Ok(()),
        false => Err(format!("{root}: the sample is not what it was once it is written again")),
    }
}

/// Answers the host's self-check: the samples of each function that it asks for and the plugin has.
pub fn self_check(request: &str, functions: &[Function]) -> Result<String, Error> {
    const KEYS: &[Key] = &[Key { name: "functions_to_test", is_required: true }, Key { name: "initiated_at", is_required: true }];
    let (mut names, mut time) = (Default::default(), 0);
    Reader::read(request, "request", None, |reader| {
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 => names = reader.list(|reader| reader.string())?,
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
        if let Some(words) = function.checks.iter().find_map(|check| check().err()) {
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
