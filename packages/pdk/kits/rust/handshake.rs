use super::alloc::{string::String, vec::Vec};
use super::error::Error;
use super::reader::Reader;
use super::self_check::Check;
use super::writer::Writer;

/// A function that the plugin has.
pub struct Function {
    pub name: &'static str,
    /// Ascending.
    pub versions: &'static [u32],
    pub checks: &'static [Check],
}

/// Answers the host's offer: of each function that both have, the highest version that both have. `functions` are sorted by name.
pub fn handshake(offer: &str, functions: &[Function], capabilities: &[&str]) -> Result<String, Error> {
    let offered = read_offer(offer)?;
    let both = || {
        functions.iter().filter_map(|function| {
            let versions = &offered.iter().find(|(name, _)| name == function.name)?.1;
            Some((function, versions))
        })
    };
    let mut writer = Writer::new();
    writer.put("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{");
    for (function, versions) in both() {
        if let Some(version) = function.versions.iter().rev().find(|version| versions.contains(&u64::from(**version))) {
            writer.entry(function.name);
            writer.digits(u64::from(*version));
        }
    }
    writer.put("},\"plugin_supported\":{");
    for (function, _) in both() {
        writer.entry(function.name);
        writer.put("[");
        for version in function.versions {
            writer.item();
            writer.digits(u64::from(*version));
        }
        writer.put("]");
    }
    writer.put("},\"implemented_functions\":[");
    for (function, _) in both() {
        writer.item();
        writer.quoted(function.name);
    }
    writer.put("],\"required_capabilities\":[");
    for capability in capabilities {
        writer.item();
        writer.quoted(capability);
    }
    writer.put("]}");
    Ok(writer.into_text())
}

fn read_offer(text: &str) -> Result<Vec<(String, Vec<u64>)>, Error> {
    let mut functions = Vec::new();
    Reader::read(text, "offer", None, |reader| {
        reader.entries(&mut |reader, key| match key {
            "handshake_schema_version" | "envelope_version" => reader.u64(1, 1).map(|_| ()),
            "function_versions" => {
                functions = reader.map(|reader| reader.list(|reader| reader.u64(1, 65535)))?.into_iter().collect();
                Ok(())
            }
            _ => reader.value(),
        })
    })?;
    Ok(functions)
}
