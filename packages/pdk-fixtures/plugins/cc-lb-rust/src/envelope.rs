//! The envelope of every request and response: the message, and `_v`, the negotiated version.

use cc_lb_plugin_wire::wire_function::WireFunction;
use extism_pdk::Error;
use serde_json::{Map, Value};

const VERSION_KEY: &str = "_v";

/// Decodes a request, calls `handle` with it, and encodes the response with the version of the request.
pub fn answer<F: WireFunction>(
    input: &str,
    handle: impl FnOnce(F::Request) -> Result<F::Response, Error>,
) -> Result<String, Error> {
    // The types reject unknown keys, so `_v` is removed before decoding.
    let mut message: Map<String, Value> = serde_json::from_str(input)?;
    let version = message
        .remove(VERSION_KEY)
        .ok_or_else(|| Error::msg(format!("{}: the request has no version", F::NAME)))?;
    let is_supported = F::SUPPORTED_VERSIONS
        .iter()
        .any(|supported| version.as_u64() == Some(u64::from(*supported)));
    if !is_supported {
        return Err(Error::msg(format!(
            "{}: version {version} is not supported",
            F::NAME
        )));
    }
    let response = handle(serde_json::from_value(Value::Object(message))?)?;
    let Value::Object(mut message) = serde_json::to_value(response)? else {
        return Err(Error::msg(format!(
            "{}: the response is not an object",
            F::NAME
        )));
    };
    message.insert(VERSION_KEY.to_owned(), version);
    Ok(serde_json::to_string(&message)?)
}
