// Converts every error to one shape: `{"type":"error","error":{"type":…,"message":…,"status":…}}`.
#include "handlers.h"

static pw_text type_of(uint32_t status) {
  if (status == 401) return PW_TEXT("authentication_error");
  if (status == 403) return PW_TEXT("permission_error");
  if (status == 404) return PW_TEXT("not_found_error");
  if (status == 413) return PW_TEXT("request_too_large");
  if (status == 429) return PW_TEXT("rate_limit_error");
  if (status == 529) return PW_TEXT("overloaded_error");
  return status < 500 ? PW_TEXT("invalid_request_error") : PW_TEXT("api_error");
}

static bool get_text(pw_json object, pw_text key, pw_text *text) {
  pw_json value;
  return pw_json_get(object, key, &value) && pw_json_to_text(value, text);
}

// The keys where upstreams put their message: `message`, `detail` or `error`. HTML pages are not passed to clients.
static pw_text message_of(pw_json whole, pw_json source) {
  pw_text message;
  if (get_text(source, PW_TEXT("message"), &message) || get_text(source, PW_TEXT("detail"), &message)) return message;
  return get_text(whole, PW_TEXT("error"), &message) ? message : PW_TEXT("the upstream gave no reason");
}

static pw_text quote(pw_text text) {
  pw_json quoted = pw_json_of_text(text);
  return (pw_text){quoted.at, quoted.length};
}

// Sets null if the response is not an error, or has exactly that shape already.
bool normalize_body(const NormalizeErrorRequest *request, NormalizeErrorResponse *response) {
  pw_text body, type;
  pw_json whole, inner;
  if (!pw_base64_decode(request->body_base64, &body)) return pw_fail("bad base64");
  if (request->status < 400) return true;
  // An upstream may send anything. A body that is not strict JSON is an error without a message, not a failure of this call.
  if (!pw_json_parse(body, &whole)) whole = PW_JSON("null");
  bool is_nested = pw_json_get(whole, PW_TEXT("error"), &inner) && pw_json_kind_of(inner) == PW_JSON_OBJECT;
  pw_json source = is_nested ? inner : whole;
  // In the outermost object, `type` is the kind of the object.
  if (!is_nested || !get_text(inner, PW_TEXT("type"), &type)) type = type_of(request->status);
  pw_text normal = PW_CONCAT(PW_TEXT("{\"type\":\"error\",\"error\":{\"type\":"), quote(type), PW_TEXT(",\"message\":"),
                             quote(message_of(whole, source)), PW_TEXT(",\"status\":"), pw_decimal(request->status), PW_TEXT("}}"));
  if (!pw_equals(normal, body)) response->body_base64 = PW_NEW(pw_text, pw_base64_encode(normal));
  return true;
}
