// Signs with HMAC-SHA256. Removes the headers of an earlier signature and adds those of this one at the end.
#include "handlers.h"
#include "headers.h"
#include "sha256.h"
#include "signer-state.h"

static uint32_t index_of(pw_text text, char byte, uint32_t from) {
  while (from < text.length && text.at[from] != byte) from++;
  return from;
}

// Returns the URL without its origin, because the balancer may send the same request to another origin.
static pw_text without_origin(pw_text url) {
  uint32_t colon = index_of(url, ':', 0);
  if (!pw_equals(pw_slice(url, colon, colon + 3), PW_TEXT("://")) || index_of(url, '/', 0) < colon) return url;
  uint32_t slash = index_of(url, '/', colon + 3);
  return slash == url.length ? PW_TEXT("/") : pw_slice(url, slash, url.length);
}

static void add_header(Header_list *to, pw_text name, pw_text value) {
  to->at[to->length++] = (Header){name, pw_base64_encode(value)};
}

bool sign_request(const SignRequest *request, const stamp *stamp, SignResponse *response) {
  const Shaped *shaped = &request->shaped;
  const pw_text line = PW_TEXT("\n"), nothing = PW_TEXT("");
  signer_state state;
  pw_text body;
  if (!read_signer_state(request->signer_state, &state)) return false;
  if (!pw_base64_decode(shaped->body_base64, &body)) return pw_fail("bad base64");
  const signing_key *key = state.keys + state.counter;
  pw_text pieces[] = {stamp ? stamp->unix_ms : nothing, stamp ? line : nothing, stamp ? stamp->nonce : nothing,
                      stamp ? line : nothing, shaped->method, line, without_origin(shaped->url), line, body};
  uint8_t digest[32];
  hmac_sha256(key->key, pieces, sizeof pieces / sizeof *pieces, digest);

  Header_list headers = {PW_ARRAY(Header, shaped->headers.length + 4), 0};
  for (uint32_t i = 0; i < shaped->headers.length; i++)
    if (!is_of_the_signature(shaped->headers.at[i].name)) headers.at[headers.length++] = shaped->headers.at[i];
  if (stamp) {
    add_header(&headers, PW_TEXT("x-signature-unix-ms"), stamp->unix_ms);
    add_header(&headers, PW_TEXT("x-signature-nonce"), stamp->nonce);
  }
  add_header(&headers, PW_TEXT("x-signature-key-id"), key->id);
  add_header(&headers, PW_TEXT("x-signature"), pw_base64_encode((pw_text){(const char *)digest, sizeof digest}));
  response->headers = pw_keep(&headers, sizeof headers);
  return true;
}
