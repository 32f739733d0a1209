#include "headers.h"

static const char *const OF_THE_SIGNATURE[] = {"x-signature", "x-signature-key-id", "x-signature-unix-ms",
                                               "x-signature-nonce", NULL};

// Headers of the connection (RFC 9110 §7.6.1), of the balancer, the client's credentials, and headers that only this plugin sets.
static const char *const KEPT_BACK[] = {
  "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
  "transfer-encoding", "upgrade", "host", "content-length", "authorization", "cookie", "x-api-key", "x-principal-id", NULL};

static uint8_t lower(uint8_t byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

bool equals_ignoring_case(pw_text one, pw_text other) {
  if (one.length != other.length) return false;
  for (uint32_t i = 0; i < one.length; i++)
    if (lower(one.at[i]) != lower(other.at[i])) return false;
  return true;
}

static bool is_one_of(pw_text name, const char *const *list) {
  for (; *list; list++)
    if (equals_ignoring_case(name, pw_text_of(*list))) return true;
  return false;
}

bool is_of_the_signature(pw_text name) { return is_one_of(name, OF_THE_SIGNATURE); }

// Whether a list such as `close, x-one` names a header.
static bool names(pw_text list, pw_text name) {
  for (uint32_t i = 0, from = 0; i <= list.length; i++) {
    if (i < list.length && list.at[i] != ',') continue;
    uint32_t to = i;
    while (from < to && (list.at[from] == ' ' || list.at[from] == '\t')) from++;
    while (to > from && (list.at[to - 1] == ' ' || list.at[to - 1] == '\t')) to--;
    if (to > from && equals_ignoring_case(pw_slice(list, from, to), name)) return true;
    from = i + 1;
  }
  return false;
}

bool pass_headers(const Header_list *headers, Header_list *passed) {
  // Headers that a `connection` header names belong to the connection too.
  pw_text *named = PW_ARRAY(pw_text, headers->length);
  uint32_t named_count = 0;
  for (uint32_t i = 0; i < headers->length; i++) {
    if (!equals_ignoring_case(headers->at[i].name, PW_TEXT("connection"))) continue;
    if (!pw_base64_decode(headers->at[i].value_base64, named + named_count++)) return pw_fail("bad base64");
  }
  *passed = (Header_list){PW_ARRAY(Header, headers->length + 1), 0};
  for (uint32_t i = 0; i < headers->length; i++) {
    pw_text name = headers->at[i].name;
    bool is_kept_back = is_one_of(name, KEPT_BACK) || is_of_the_signature(name);
    for (uint32_t j = 0; j < named_count; j++) is_kept_back |= names(named[j], name);
    if (!is_kept_back) passed->at[passed->length++] = headers->at[i];
  }
  return true;
}
