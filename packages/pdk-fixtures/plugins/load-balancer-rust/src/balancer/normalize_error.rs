use crate::kit::*;

/// Converts every error to one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`. Returns null if the response is not an
/// error, or has exactly that shape already.
pub fn normalize_error(request: NormalizeErrorRequest) -> Result<NormalizeErrorResponse, Error> {
    let body = base64_decode(&request.body_base64)?;
    if request.status < 400 {
        return Ok(NormalizeErrorResponse { body_base64: None });
    }
    // An upstream may send anything. A body that is not strict JSON is an error without a message, not a failure of this call.
    let parsed = String::from_utf8(body.clone()).ok().and_then(|text| Json::parse(&text).ok());
    let whole = parsed.and_then(|json| json.entries()).unwrap_or_default();
    let inner = whole.get("error").and_then(Json::entries);
    // In the outermost object, `type` is the kind of the object.
    let kind = inner.as_ref().and_then(|inner| text_of(inner, "type"));
    let source = inner.as_ref().unwrap_or(&whole);
    let message = text_of(source, "message")
        .or_else(|| text_of(source, "detail"))
        .or_else(|| text_of(&whole, "error"))
        .unwrap_or_else(|| "the upstream gave no reason".to_owned());
    let error = Json::object([
        ("type", Json::from(kind.as_deref().unwrap_or(type_of(request.status)))),
        ("message", Json::from(&*message)),
        ("status", Json::from(u64::from(request.status))),
    ]);
    let normal = Json::object([("type", Json::from("error")), ("error", error)]);
    let is_normal = normal.as_text().as_bytes() == body;
    Ok(NormalizeErrorResponse { body_base64: (!is_normal).then(|| base64_encode(normal.as_text().as_bytes())) })
}

fn text_of(object: &Map<Json>, key: &str) -> Option<String> {
    object.get(key).and_then(Json::string)
}

fn type_of(status: u32) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        0..=499 => "invalid_request_error",
        _ => "api_error",
    }
}
