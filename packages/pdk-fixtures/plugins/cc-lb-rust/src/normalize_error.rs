use base64::{engine::general_purpose::STANDARD, Engine};
use cc_lb_plugin_wire::v1::normalize_error::{NormalizeErrorRequest, NormalizeErrorResponse};
use extism_pdk::Error;
use serde_json::{json, Value};

/// Converts errors to the shape of Anthropic's errors. Bodies that already have it do not change.
pub fn normalize_error(request: NormalizeErrorRequest) -> Result<NormalizeErrorResponse, Error> {
    let body = STANDARD
        .decode(&request.body_base64)
        .map_err(|_| Error::msg("the body is not base64"))?;
    if request.status < 400 || is_normal(&body) {
        return Ok(NormalizeErrorResponse { body_base64: None });
    }
    let normal = json!({
        "type": "error",
        "error": { "type": type_of(request.status), "message": String::from_utf8_lossy(&body) },
    });
    Ok(NormalizeErrorResponse {
        body_base64: Some(STANDARD.encode(normal.to_string())),
    })
}

fn is_normal(body: &[u8]) -> bool {
    serde_json::from_slice::<Value>(body).is_ok_and(|value| {
        value["type"] == "error"
            && value["error"]["type"].is_string()
            && value["error"]["message"].is_string()
    })
}

fn type_of(status: u16) -> &'static str {
    match status {
        400 => "invalid_request_error",
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    }
}
