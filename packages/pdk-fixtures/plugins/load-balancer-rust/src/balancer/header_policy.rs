use crate::kit::*;

/// The header that names the principal. The plugin sets it, so a client's value is dropped.
pub const PRINCIPAL_HEADER: &str = "x-principal-id";

/// The headers that `sign` sets. Those of a client or of an earlier attempt are dropped.
pub const SIGNATURE_HEADER: &str = "x-signature";
pub const SIGNATURE_KEY_HEADER: &str = "x-signature-key-id";
pub const SIGNATURE_TIME_HEADER: &str = "x-signature-unix-ms";
pub const SIGNATURE_NONCE_HEADER: &str = "x-signature-nonce";
const OF_THE_SIGNATURE: &[&str] =
    &[SIGNATURE_HEADER, SIGNATURE_KEY_HEADER, SIGNATURE_TIME_HEADER, SIGNATURE_NONCE_HEADER];

const DROPPED: &[&str] = &[
    // RFC 9110 §7.6.1: these headers belong to one connection, not to the request.
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    // The balancer writes these for the connection to the upstream.
    "host",
    "content-length",
    // The client's credentials for the balancer. The upstream gets the signature instead.
    "authorization",
    "cookie",
    "x-api-key",
    PRINCIPAL_HEADER,
];

/// Returns the headers to send upstream. Headers that a `connection` header names belong to the connection and are dropped too.
pub fn pass_headers(headers: Vec<Header>) -> Result<Vec<Header>, Error> {
    let mut named = Vec::new();
    for header in headers.iter().filter(|header| header.name.eq_ignore_ascii_case("connection")) {
        let value = base64_decode(&header.value_base64)?;
        let names = value.split(|byte| *byte == b',').map(trimmed);
        named.extend(names.filter(|name| !name.is_empty()).map(|name| name.to_vec()));
    }
    let may_pass = |header: &Header| {
        !is_one_of(&header.name, DROPPED)
            && !is_of_the_signature(&header.name)
            && !named.iter().any(|name| name.eq_ignore_ascii_case(header.name.as_bytes()))
    };
    Ok(headers.into_iter().filter(may_pass).collect())
}

/// Whether `sign` sets this header. Headers of that name from a client or an earlier attempt must be removed.
pub fn is_of_the_signature(name: &str) -> bool {
    is_one_of(name, OF_THE_SIGNATURE)
}

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|each| each.eq_ignore_ascii_case(name))
}

/// Returns a name without the whitespace around it.
fn trimmed(mut name: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = name {
        name = rest;
    }
    name
}
