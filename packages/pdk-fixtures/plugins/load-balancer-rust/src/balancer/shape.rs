use super::header_policy::{pass_headers, PRINCIPAL_HEADER};
use super::target::{percent_encode, rewrite_target};
use crate::kit::*;

/// Rewrites the path and the headers. Method and body do not change.
pub fn shape(ShapeRequest { request, principal, .. }: ShapeRequest) -> Result<ShapeResponse, Error> {
    let url = rewrite_target(&request.path, request.query.as_deref())?;
    let mut headers = pass_headers(request.headers)?;
    headers.push(Header {
        name: PRINCIPAL_HEADER.to_owned(),
        value_base64: base64_encode(header_value(&principal.id).as_bytes()),
    });
    Ok(ShapeResponse { url, method: request.method, headers, body_base64: request.body_base64 })
}

/// Percent-encodes everything except visible ASCII, so that every id is one valid header value.
fn header_value(id: &str) -> String {
    let mut value = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            0..=b' ' | 0x7f.. | b'%' => percent_encode(byte, &mut value),
            _ => value.push(char::from(byte)),
        }
    }
    value
}
