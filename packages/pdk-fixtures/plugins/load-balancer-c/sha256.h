#ifndef SHA256_H
#define SHA256_H

#include <kit/kit.h>

// Computes the SHA-256 of bytes.
void sha256_of(pw_text bytes, uint8_t digest[32]);
// Computes the HMAC-SHA256 of several pieces, in order.
void hmac_sha256(pw_text key, const pw_text *pieces, uint32_t count, uint8_t digest[32]);

#endif
