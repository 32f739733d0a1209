#include "target.h"

static bool is_slash(char byte) { return byte == '/' || byte == '\\'; }

// Whether a segment is `.` or `..`. Dots may be percent-encoded.
static bool is_dots(pw_text segment) {
  uint32_t dots = 0, i = 0;
  for (; i < segment.length; dots++) {
    bool is_encoded = i + 3 <= segment.length && segment.at[i] == '%' && segment.at[i + 1] == '2' && (segment.at[i + 2] | 0x20) == 'e';
    if (!is_encoded && segment.at[i] != '.') return false;
    i += is_encoded ? 3 : 1;
  }
  return dots == 1 || dots == 2;
}

// URL parsers treat a backslash as a slash.
static bool check_path(pw_text path) {
  if (path.length == 0 || path.at[0] != '/') return pw_fail("a path does not begin with /");
  if (path.length > 1 && is_slash(path.at[1])) return pw_fail("a path begins with two slashes");
  for (uint32_t i = 1, from = 1; i <= path.length; i++) {
    if (i < path.length && !is_slash(path.at[i])) continue;
    if (is_dots(pw_slice(path, from, i))) return pw_fail("a path has dot segments");
    from = i + 1;
  }
  return true;
}

typedef enum { IN_PATH, IN_QUERY, IN_HEADER } place;

// Percent-encodes characters that would end a path, a query or a header, or are not allowed there.
static uint32_t encode(char *to, pw_text from, place where) {
  uint32_t written = 0;
  for (uint32_t i = 0; i < from.length; i++) {
    uint8_t byte = from.at[i];
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

// Whether a prefix ends at the end of a segment: `/v1` is a prefix of `/v1/x`, but not of `/v10`.
static bool is_prefix(pw_text prefix, pw_text path) {
  if (prefix.length > path.length || !pw_equals(pw_slice(path, 0, prefix.length), prefix)) return false;
  if (prefix.length == path.length || path.at[prefix.length] == '/') return true;
  return prefix.length > 0 && prefix.at[prefix.length - 1] == '/';
}

typedef struct {
  pw_text from, to;
} rewrite;

// Finds the longest configured prefix of a path, and its replacement.
static bool find_rewrite(pw_text path, rewrite *found) {
  pw_text text;
  pw_json map;
  bool is_found = false;
  *found = (rewrite){PW_TEXT(""), PW_TEXT("")};
  if (!pw_config(PW_TEXT("path_prefixes"), &text)) return true;
  if (!pw_json_parse(text, &map) || pw_json_kind_of(map) != PW_JSON_OBJECT) return pw_fail("path_prefixes is not a JSON object");
  for (pw_json_parts part = pw_json_begin(map); pw_json_next(&part);) {
    pw_text to;
    if (!pw_json_to_text(part.value, &to)) return pw_fail("path_prefixes has a value that is not a string");
    if (!is_prefix(part.key, path) || (is_found && part.key.length <= found->from.length)) continue;
    *found = (rewrite){part.key, to};
    is_found = true;
  }
  return true;
}

bool rewrite_target(pw_text path, const pw_text *query, pw_text *target) {
  rewrite rewrite;
  if (!check_path(path) || !find_rewrite(path, &rewrite)) return false;
  size_t most = (size_t)rewrite.to.length + path.length + (query ? query->length : 0);
  char *to = pw_allocate(most * 3 + 1);
  uint32_t length = encode(to, rewrite.to, IN_PATH);
  length += encode(to + length, pw_slice(path, rewrite.from.length, path.length), IN_PATH);
  // The configured replacement must not produce a path that a client may not send.
  if (!check_path((pw_text){to, length})) return false;
  if (query) {
    to[length++] = '?';
    length += encode(to + length, *query, IN_QUERY);
  }
  *target = (pw_text){to, length};
  return true;
}

pw_text encode_header(pw_text id) {
  char *to = pw_allocate((size_t)id.length * 3);
  return (pw_text){to, encode(to, id, IN_HEADER)};
}
