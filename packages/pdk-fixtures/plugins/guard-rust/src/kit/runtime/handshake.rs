use super::alloc::{string::String, vec::Vec};
use super::error::Error;
use super::map::Map;
use super::reader::{Decode, Key, Reader};
use super::self_check::Sample;
use super::writer::Writer;

/// A function that the plugin implements.
pub struct Function {
    pub name: &'static str,
    /// The versions, in ascending order.
    pub versions: &'static [u32],
    /// The samples of all versions.
    pub samples: &'static [Sample],
}

/// Answers the host's offer with the highest common version of each function. `functions` are sorted by name.
///
/// `required` returns the capabilities that the plugin needs, out of those that the host offers.
pub fn handshake(
    offer: &str,
    functions: &[Function],
    required: fn(&[String]) -> Result<Vec<&'static str>, Error>,
) -> Result<String, Error> {
    let Offer { functions: offered, capabilities } = read_offer(offer)?;
    let required = required(&capabilities)?;
    let both = || {
        functions.iter().filter_map(|function| {
            Some((function, offered.get(function.name)?))
        })
    };
    let mut writer = Writer::new();
    writer.put("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{");
    for (function, versions) in both() {
        if let Some(version) = function.versions.iter().rev().find(|version| versions.contains(version)) {
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
    for capability in required {
        writer.item();
        writer.quoted(capability);
    }
    writer.put("]}");
    Ok(writer.into_text())
}

#[derive(Default)]
struct Offer {
    functions: Map<Vec<u32>>,
    capabilities: Vec<String>,
}

fn read_offer(text: &str) -> Result<Offer, Error> {
    const KEYS: &[Key] = &[
        Key { name: "handshake_schema_version", is_required: true },
        Key { name: "envelope_version", is_required: true },
        Key { name: "function_versions", is_required: true },
        Key { name: "host_capabilities", is_required: true },
    ];
    let mut offer = Offer::default();
    Reader::read(text, "offer", None, |reader| {
        reader.object(KEYS, &mut |reader, key| {
            match key {
                0 | 1 => {
                    reader.u64(1, 1)?;
                }
                2 => reader.map(&mut offer.functions, |reader, versions| {
                    reader.list(versions, |reader, version| reader.u32_into(version, 1, 65535))
                })?,
                _ => offer.capabilities.fill(reader)?,
            }
            Ok(())
        })
    })?;
    Ok(offer)
}
