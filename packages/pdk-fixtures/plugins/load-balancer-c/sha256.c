// SHA-256 (FIPS 180-4) and HMAC (RFC 2104).
#include "sha256.h"

static const uint32_t ROUNDS[64] = {
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2
};

typedef struct {
  uint32_t state[8];
  uint8_t block[64];
  uint32_t filled;
  uint64_t total;
} sha256;

static uint32_t rotate(uint32_t word, uint32_t by) { return word >> by | word << (32 - by); }

static void compress(sha256 *hash, const uint8_t *block) {
  uint32_t words[64], v[8];
  for (uint32_t i = 0; i < 16; i++) {
    __builtin_memcpy(words + i, block + 4 * i, 4);
    words[i] = __builtin_bswap32(words[i]);
  }
  for (uint32_t i = 16; i < 64; i++) {
    uint32_t near = words[i - 2], far = words[i - 15];
    words[i] = (rotate(near, 17) ^ rotate(near, 19) ^ near >> 10) + words[i - 7] +
               (rotate(far, 7) ^ rotate(far, 18) ^ far >> 3) + words[i - 16];
  }
  for (uint32_t i = 0; i < 8; i++) v[i] = hash->state[i];
  for (uint32_t i = 0; i < 64; i++) {
    uint32_t first = v[7] + (rotate(v[4], 6) ^ rotate(v[4], 11) ^ rotate(v[4], 25)) + ((v[4] & v[5]) ^ (~v[4] & v[6])) +
                ROUNDS[i] + words[i];
    uint32_t second = (rotate(v[0], 2) ^ rotate(v[0], 13) ^ rotate(v[0], 22)) +
                 ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
    for (uint32_t j = 7; j > 0; j--) v[j] = v[j - 1];
    v[4] += first;
    v[0] = first + second;
  }
  for (uint32_t i = 0; i < 8; i++) hash->state[i] += v[i];
}

static void add(sha256 *hash, pw_text bytes) {
  hash->total += bytes.length;
  for (uint32_t at = 0; at < bytes.length;) {
    uint32_t room = 64 - hash->filled, left = bytes.length - at, taken = left < room ? left : room;
    __builtin_memcpy(hash->block + hash->filled, bytes.at + at, taken);
    at += taken;
    hash->filled = (hash->filled + taken) % 64;
    if (hash->filled == 0) compress(hash, hash->block);
  }
}

static void begin(sha256 *hash) {
  static const uint32_t start[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                               0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  *hash = (sha256){0};
  for (uint32_t i = 0; i < 8; i++) hash->state[i] = start[i];
}

static void finish(sha256 *hash, uint8_t digest[32]) {
  uint64_t bits = __builtin_bswap64(hash->total << 3);
  add(hash, PW_TEXT("\x80"));
  while (hash->filled != 56) add(hash, PW_TEXT("\0"));
  add(hash, (pw_text){(const char *)&bits, 8});
  for (uint32_t i = 0; i < 32; i++) digest[i] = hash->state[i / 4] >> (24 - i % 4 * 8);
}

void sha256_of(pw_text bytes, uint8_t digest[32]) {
  sha256 hash;
  begin(&hash);
  add(&hash, bytes);
  finish(&hash, digest);
}

void hmac_sha256(pw_text key, const pw_text *pieces, uint32_t count, uint8_t digest[32]) {
  uint8_t short_key[64] = {0}, padded[64];
  sha256 hash;
  if (key.length > 64) sha256_of(key, short_key);
  else if (key.length) __builtin_memcpy(short_key, key.at, key.length);
  for (uint32_t i = 0; i < 64; i++) padded[i] = short_key[i] ^ 0x36;
  begin(&hash);
  add(&hash, (pw_text){(const char *)padded, 64});
  for (uint32_t i = 0; i < count; i++) add(&hash, pieces[i]);
  finish(&hash, digest);
  for (uint32_t i = 0; i < 64; i++) padded[i] = short_key[i] ^ 0x5c;
  begin(&hash);
  add(&hash, (pw_text){(const char *)padded, 64});
  add(&hash, (pw_text){(const char *)digest, 32});
  finish(&hash, digest);
}
