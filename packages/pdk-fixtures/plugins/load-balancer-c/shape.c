#include "messages.h"

void read_shape(value *from);
void read_shaped(value *from);

typedef struct {
  client_request request;
  text principal_id;
} shape_input;

static shape_input read_input(value *from) {
  shape_input input;
  value *request = take(from, "request"), *upstream = take(from, "upstream");
  input.request = read_client_request(request);
  take_no_more(request);
  if (!equals(to_text(take(upstream, "kind")), LITERAL("anthropic_direct"))) fail("an unknown kind of upstream");
  take_no_more(upstream);
  input.principal_id = read_principal(from);
  take_no_more(from);
  return input;
}

void read_shape(value *from) { read_input(from); }

void read_shaped(value *from) {
  to_text(take(from, "url"));
  to_text(take(from, "method"));
  read_headers(from);
  to_text(take(from, "body_base64"));
  take_no_more(from);
}

static bool is_slash(u8 byte) { return byte == '/' || byte == '\\'; }

static bool is_dots(text segment) {
  u32 dots = 0, i = 0;
  for (; i < segment.length; dots++) {
    if (segment.at[i] == '.') i++;
    else if (i + 3 <= segment.length && equals_ignoring_case(part(segment, i, i + 3), LITERAL("%2e"))) i += 3;
    else return false;
  }
  return dots == 1 || dots == 2;
}

// A path that could leave its prefix, or name an origin, is refused. URL parsers take a backslash for a slash.
static void check_path(text path) {
  if (path.length == 0 || path.at[0] != '/') return fail("a path does not begin with /");
  if (path.length > 1 && is_slash(path.at[1])) return fail("a path begins with two slashes");
  for (u32 i = 1, from = 1; i <= path.length; i++) {
    if (i < path.length && !is_slash(path.at[i])) continue;
    if (is_dots(part(path, from, i))) return fail("a path has dot segments");
    from = i + 1;
  }
}

typedef enum { IN_PATH, IN_QUERY, IN_HEADER } place;

// Percent-encodes what would end a path, a query or a header, or may not stand in it.
static u32 encode(u8 *to, text from, place where) {
  u32 written = 0;
  for (u32 i = 0; i < from.length; i++) {
    u8 byte = from.at[i];
    bool is_special = byte <= 0x20 || byte >= 0x7f;
    if (where == IN_HEADER) is_special |= byte == '%';
    else is_special |= byte == '#' || byte == '\\' || (byte == '?' && where == IN_PATH);
    if (!is_special) to[written++] = byte;
    else {
      to[written++] = '%';
      to[written++] = "0123456789ABCDEF"[byte >> 4];
      to[written++] = "0123456789ABCDEF"[byte & 15];
    }
  }
  return written;
}

static bool is_prefix(text prefix, text path) {
  if (prefix.length > path.length || !equals(part(path, 0, prefix.length), prefix)) return false;
  if (prefix.length == path.length || path.at[prefix.length] == '/') return true;
  return prefix.length > 0 && prefix.at[prefix.length - 1] == '/';
}

static text rewrite(text path, text query) {
  text prefix = {0}, replacement = {0}, map;
  bool is_found = false;
  check_path(path);
  if (configured(LITERAL("path_prefixes"), &map)) {
    for (value *one = members(read_json(map)); one; one = one->next) {
      text with = to_text(one);
      if (is_prefix(one->key, path) && (!is_found || one->key.length > prefix.length))
        prefix = one->key, replacement = with, is_found = true;
    }
  }
  u8 *to = allocate((replacement.length + path.length + query.length) * 3 + 1);
  if (has_failed()) return LITERAL("");
  u32 length = encode(to, replacement, IN_PATH);
  length += encode(to + length, part(path, prefix.length, path.length), IN_PATH);
  check_path((text){to, length});
  if (query.at) {
    to[length++] = '?';
    length += encode(to + length, query, IN_QUERY);
  }
  return (text){to, length};
}

// Of the connection (RFC 9110 §7.6.1), of the balancer, the client's credentials, and what only this plugin sets.
static const char *const KEPT_BACK[] = {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
  "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host", "content-length", "authorization",
  "cookie", "x-api-key", "x-principal-id", "x-signature", "x-signature-key-id"};

static bool is_listed(text list, text name) {
  for (u32 i = 0, from = 0; i <= list.length; i++) {
    if (i < list.length && list.at[i] != ',') continue;
    u32 to = i;
    while (from < to && (list.at[from] == ' ' || list.at[from] == '\t')) from++;
    while (to > from && (list.at[to - 1] == ' ' || list.at[to - 1] == '\t')) to--;
    if (to > from && equals_ignoring_case(part(list, from, to), name)) return true;
    from = i + 1;
  }
  return false;
}

static bool passes(value *headers, text name) {
  for (u32 i = 0; i < sizeof KEPT_BACK / sizeof *KEPT_BACK; i++) {
    u32 length = 0;
    while (KEPT_BACK[i][length]) length++;
    if (equals_ignoring_case(name, (text){(const u8 *)KEPT_BACK[i], length})) return false;
  }
  for (value *one = headers; one; one = one->next)
    if (equals_ignoring_case(to_text(take(one, "name")), LITERAL("connection")) &&
        is_listed(decode_base64(to_text(take(one, "value_base64"))), name)) return false;
  return true;
}

void shape_request(value *request) {
  shape_input input = read_input(request);
  if (has_failed()) return;
  put_key("url");
  put_text(rewrite(input.request.path, input.request.query));
  put_key("method");
  put_text(input.request.method);
  put_key("headers");
  put(LITERAL("["));
  for (value *one = input.request.headers; one && !has_failed(); one = one->next) {
    text name = to_text(take(one, "name"));
    if (!passes(input.request.headers, name)) continue;
    put_header(name, to_text(take(one, "value_base64")));
    put(LITERAL(","));
  }
  u8 *id = allocate(input.principal_id.length * 3);
  if (has_failed()) return;
  put_header(LITERAL("x-principal-id"), encode_base64((text){id, encode(id, input.principal_id, IN_HEADER)}));
  put(LITERAL("]"));
  put_key("body_base64");
  put_text(input.request.body_base64);
}
