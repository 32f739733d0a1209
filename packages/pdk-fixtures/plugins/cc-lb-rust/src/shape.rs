use cc_lb_plugin_wire::v1::shape::{ShapeRequest, ShapeResponse};
use cc_lb_plugin_wire::v1::UpstreamWire;
use extism_pdk::Error;

use crate::headers;
use crate::settings::Settings;

/// Headers of the connection and the client's credentials. The signer adds the credentials for the upstream.
const DROPPED: [&str; 9] = [
    "authorization",
    "connection",
    "cookie",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "x-api-key",
];

/// Converts a client's request to the upstream's. Adds headers about the sender and drops the client's credentials.
pub fn shape(request: ShapeRequest) -> Result<ShapeResponse, Error> {
    let ShapeRequest {
        request,
        upstream,
        principal,
    } = request;
    let mut shaped = request.headers;
    shaped.retain(|header| !DROPPED.contains(&header.name.to_ascii_lowercase().as_str()));
    match upstream {
        UpstreamWire::AnthropicDirect => {
            if !shaped
                .iter()
                .any(|header| header.name.eq_ignore_ascii_case("anthropic-version"))
            {
                shaped.push(headers::header("anthropic-version", "2023-06-01"));
            }
        }
    }
    headers::set(&mut shaped, "x-request-id", &request.request_id);
    headers::set(
        &mut shaped,
        "x-principal",
        format!("{}/{}", principal.kind, principal.id),
    );
    if !principal.claims.is_empty() {
        headers::set(
            &mut shaped,
            "x-principal-claims",
            serde_json::to_string(&principal.claims)?,
        );
    }
    let base_url = Settings::read()?.base_url;
    let url = match &request.query {
        Some(query) => format!("{base_url}{}?{query}", request.path),
        None => format!("{base_url}{}", request.path),
    };
    Ok(ShapeResponse {
        url,
        method: request.method,
        headers: shaped,
        body_base64: request.body_base64,
    })
}
