#include "messages.h"

bool is_null(value *from) { return from->kind == NOTHING; }

void put_key(const char *key) {
  u32 length = 0;
  while (key[length]) length++;
  put(LITERAL(",\""));
  put((text){(const u8 *)key, length});
  put(LITERAL("\":"));
}

value *read_headers(value *from) {
  value *first = elements(take(from, "headers"));
  for (value *one = first; one; one = one->next) {
    to_text(take(one, "name"));
    to_text(take(one, "value_base64"));
    take_no_more(one);
  }
  return first;
}

client_request read_client_request(value *from) {
  client_request request = {0};
  to_text(take(from, "request_id"));
  request.headers = read_headers(from);
  request.method = to_text(take(from, "method"));
  request.path = to_text(take(from, "path"));
  value *query = take(from, "query");
  if (!is_null(query)) request.query = to_text(query);
  else request.query.at = NULL;
  request.body_base64 = to_text(take(from, "body_base64"));
  return request;
}

text read_principal(value *from) {
  value *principal = take(from, "principal");
  text id = to_text(take(principal, "id"));
  to_text(take(principal, "kind"));
  members(take(principal, "claims"));
  take_no_more(principal);
  return id;
}

void put_header(text name, text value_base64) {
  put(LITERAL("{\"name\":"));
  put_text(name);
  put(LITERAL(",\"value_base64\":"));
  put_text(value_base64);
  put(LITERAL("}"));
}

static u32 sextet(u8 byte) {
  if (byte >= 'A' && byte <= 'Z') return byte - 'A';
  if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
  if (byte >= '0' && byte <= '9') return byte - '0' + 52;
  return byte == '+' ? 62 : byte == '/' ? 63 : 0xff;
}

// With padding, and nothing set behind the last byte.
text decode_base64(text from) {
  u32 padding = 0, written = 0;
  u8 *to = allocate(from.length);
  if (from.length % 4) return fail("bad base64"), LITERAL("");
  if (from.length && from.at[from.length - 1] == '=') padding = from.at[from.length - 2] == '=' ? 2 : 1;
  for (u32 i = 0; i < from.length && !has_failed(); i += 4) {
    u32 skipped = i + 4 == from.length ? padding : 0, group = 0, all = 0;
    for (u32 j = 0; j < 4; j++) {
      u32 six = j < 4 - skipped ? sextet(from.at[i + j]) : 0;
      all |= six;
      group = group << 6 | six;
    }
    if (all == 0xff || (group & ((1u << (8 * skipped)) - 1))) return fail("bad base64"), LITERAL("");
    for (u32 j = 0; j < 3 - skipped; j++) to[written++] = group >> (16 - 8 * j);
  }
  return (text){to, written};
}

text encode_base64(text from) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  u8 *to = allocate((from.length + 2) / 3 * 4);
  u32 written = 0;
  for (u32 i = 0; i < from.length && !has_failed(); i += 3) {
    u32 left = from.length - i;
    u32 group = from.at[i] << 16 | (left > 1 ? from.at[i + 1] << 8 : 0) | (left > 2 ? from.at[i + 2] : 0);
    for (u32 j = 0; j < 4; j++) to[written++] = j <= left ? letters[group >> (18 - 6 * j) & 63] : '=';
  }
  return (text){to, written};
}
