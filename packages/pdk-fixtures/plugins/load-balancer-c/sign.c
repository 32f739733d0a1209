#include "messages.h"

void read_shaped(value *from);
void read_sign(value *from);
void read_sign_response(value *from);

void read_sign(value *from) {
  read_shaped(take(from, "shaped"));
  take(from, "signer_state");
  take_no_more(from);
}

void read_sign_response(value *from) {
  static const char *const texts[] = {"url", "method", "body_base64"};
  for (u32 i = 0; i < 3; i++) {
    value *one = take(from, texts[i]);
    if (!is_null(one)) to_text(one);
  }
  if (!is_null(take(from, "headers"))) read_headers(from);
  take_no_more(from);
}

typedef struct {
  text id, key;
} signing_key;

// `{"keys":[{"key_id","key_base64"},…],"counter":0}`: the counter names the key in use.
static signing_key read_state(value *state) {
  signing_key used = {0};
  value *keys = take(state, "keys");
  u64 counter = to_count(take(state, "counter"), U64_MOST), i = 0;
  take_no_more(state);
  for (value *one = elements(keys); one; one = one->next, i++) {
    signing_key key = {to_text(take(one, "key_id")), decode_base64(to_text(take(one, "key_base64")))};
    take_no_more(one);
    if (key.key.length == 0 || key.id.length == 0) fail("a key or its id is empty");
    for (u32 j = 0; j < key.id.length; j++)
      if (key.id.at[j] <= 0x20 || key.id.at[j] >= 0x7f) fail("a key_id is not visible ASCII");
    if (i == counter) used = key;
  }
  if (i < 1 || i > 16) fail("keys has not 1 to 16 keys");
  if (counter >= i) fail("counter names no key");
  return used;
}

// The path and what follows it: the balancer may send the same request to another origin.
static text without_origin(text url) {
  u32 colon = 0;
  while (colon < url.length && url.at[colon] != ':' && url.at[colon] != '/') colon++;
  if (colon + 3 > url.length || !equals(part(url, colon, colon + 3), LITERAL("://"))) return url;
  for (u32 i = colon + 3; i < url.length; i++)
    if (url.at[i] == '/') return part(url, i, url.length);
  return LITERAL("/");
}

void sign_request(value *request) {
  read_sign(request);
  signing_key key = read_state(take(request, "signer_state"));
  value *shaped = take(request, "shaped");
  text pieces[] = {to_text(take(shaped, "method")), LITERAL("\n"), without_origin(to_text(take(shaped, "url"))),
                   LITERAL("\n"), decode_base64(to_text(take(shaped, "body_base64")))};
  if (has_failed()) return;
  u8 digest[32];
  hmac_sha256(key.key, pieces, 5, digest);
  put_key("url");
  put(LITERAL("null,\"method\":null,\"headers\":["));
  for (value *one = elements(take(shaped, "headers")); one; one = one->next) {
    text name = to_text(take(one, "name"));
    if (equals_ignoring_case(name, LITERAL("x-signature"))) continue;
    if (equals_ignoring_case(name, LITERAL("x-signature-key-id"))) continue;
    put_header(name, to_text(take(one, "value_base64")));
    put(LITERAL(","));
  }
  put_header(LITERAL("x-signature-key-id"), encode_base64(key.id));
  put(LITERAL(","));
  put_header(LITERAL("x-signature"), encode_base64(encode_base64((text){digest, 32})));
  put(LITERAL("],\"body_base64\":null"));
}
