use base64::{engine::general_purpose::STANDARD, Engine};
use cc_lb_plugin_wire::v1::HeaderWire;

pub fn header(name: &str, value: impl AsRef<[u8]>) -> HeaderWire {
    HeaderWire {
        name: name.to_owned(),
        value_base64: STANDARD.encode(value),
    }
}

/// Replaces all headers of a name by one.
pub fn set(headers: &mut Vec<HeaderWire>, name: &str, value: impl AsRef<[u8]>) {
    headers.retain(|each| !each.name.eq_ignore_ascii_case(name));
    headers.push(header(name, value));
}
