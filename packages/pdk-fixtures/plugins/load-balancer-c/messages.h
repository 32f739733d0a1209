#ifndef MESSAGES_H
#define MESSAGES_H

#include "plugin.h"

#define U64_MOST 0x1fffffffffffffull

// Each reads a request strictly and writes the members of its response, after the envelope.
void filter_candidates(value *request);
void shape_request(value *request);
void sign_request(value *request);

// What several messages share. Headers stay values: `name` and `value_base64` are checked.
typedef struct {
  text method, path, query, body_base64;
  value *headers;
} client_request;

client_request read_client_request(value *from);
text read_principal(value *from);
value *read_headers(value *from);
bool is_null(value *from);
void put_key(const char *key);
void put_header(text name, text value_base64);

text decode_base64(text from);
text encode_base64(text from);

// HMAC-SHA256 of several pieces.
void hmac_sha256(text key, const text *pieces, u32 count, u8 digest[32]);

#endif
