#include "plugin.h"

#define ENV(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
ENV(input_length) u64 input_length(void);
ENV(input_load_u8) u32 input_load_u8(u64 offset);
ENV(input_load_u64) u64 input_load_u64(u64 offset);
ENV(alloc) u64 host_alloc(u64 length);
ENV(length) u64 host_length(u64 block);
ENV(load_u8) u32 host_load_u8(u64 address);
ENV(store_u8) void host_store_u8(u64 address, u32 byte);
ENV(store_u64) void host_store_u64(u64 address, u64 word);
ENV(output_set) void output_set(u64 block, u64 length);
ENV(error_set) void error_set(u64 block);
ENV(config_get) u64 config_get(u64 key);

#define PAGE 65536u
#define ARENA_MOST (12u << 20)

extern u8 __heap_base;
static u32 used;
static const char *failure;
static u8 *output;
static u32 output_used, output_room;
static u8 scratch[64] __attribute__((aligned(8)));

void *allocate(u32 length) {
  u32 start = (u32)&__heap_base + used;
  // Eight bytes to spare, so that words may be read across the end.
  if (length > ARENA_MOST || used + length + 16 > ARENA_MOST) return fail("out of memory"), scratch;
  u32 pages = (start + length + 16 + PAGE - 1) / PAGE, had = __builtin_wasm_memory_size(0);
  if (pages > had && __builtin_wasm_memory_grow(0, pages - had) == (size_t)-1) return fail("out of memory"), scratch;
  used += (length + 8 + 7) & ~7u;
  return (void *)((start + 7) & ~7u);
}

bool equals(text one, text other) {
  if (one.length != other.length) return false;
  for (u32 i = 0; i < one.length; i++)
    if (one.at[i] != other.at[i]) return false;
  return true;
}

static u8 lower(u8 byte) { return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte; }

bool equals_ignoring_case(text one, text other) {
  if (one.length != other.length) return false;
  for (u32 i = 0; i < one.length; i++)
    if (lower(one.at[i]) != lower(other.at[i])) return false;
  return true;
}

text part(text whole, u32 from, u32 to) { return (text){whole.at + from, to - from}; }

void fail(const char *why) {
  if (!failure) failure = why;
}
bool has_failed(void) { return failure != NULL; }
void forget_failure(void) { failure = NULL; }

text begin_call(void) {
  used = output_used = output_room = 0;
  failure = NULL;
  u64 length = input_length();
  if (length > ARENA_MOST / 4) return fail("the request is too long"), LITERAL("");
  u8 *to = allocate(length);
  if (failure) return LITERAL("");
  u32 at = 0;
  for (; at + 8 <= length; at += 8) *(u64 *)(to + at) = input_load_u64(at);
  for (; at < length; at++) to[at] = input_load_u8(at);
  return (text){to, length};
}

static u64 to_block(text from) {
  u64 block = host_alloc(from.length);
  u32 at = 0;
  for (; at + 8 <= from.length; at += 8) {
    u64 word;
    __builtin_memcpy(&word, from.at + at, 8);
    host_store_u64(block + at, word);
  }
  for (; at < from.length; at++) host_store_u8(block + at, from.at[at]);
  return block;
}

int end_call(void) {
  if (failure) {
    u32 length = 0;
    while (failure[length]) length++;
    error_set(to_block((text){(const u8 *)failure, length}));
    return 1;
  }
  output_set(to_block((text){output, output_used}), output_used);
  return 0;
}

bool configured(text key, text *value) {
  u64 block = config_get(to_block(key));
  if (!block) return false;
  u32 length = host_length(block);
  u8 *to = allocate(length);
  for (u32 i = 0; i < length && !failure; i++) to[i] = host_load_u8(block + i);
  *value = (text){to, length};
  return true;
}

void put(text piece) {
  if (output_used + piece.length > output_room) {
    u32 room = (output_used + piece.length) * 2 + 1024;
    u8 *to = allocate(room);
    if (failure) return;
    __builtin_memcpy(to, output, output_used);
    output = to;
    output_room = room;
  }
  __builtin_memcpy(output + output_used, piece.at, piece.length);
  output_used += piece.length;
}

void put_text(text value) {
  put(LITERAL("\""));
  u32 from = 0;
  for (u32 i = 0; i < value.length; i++) {
    u8 byte = value.at[i];
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    put(part(value, from, i));
    const char *digits = "0123456789abcdef";
    u8 escape[] = {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 15]};
    if (byte >= 0x20) escape[1] = byte;
    put((text){escape, byte >= 0x20 ? 2 : 6});
    from = i + 1;
  }
  put(part(value, from, value.length));
  put(LITERAL("\""));
}

void put_decimal(u64 value) {
  if (value >= 10) put_decimal(value / 10);
  u8 digit = '0' + value % 10;
  put((text){&digit, 1});
}

u32 output_length(void) { return output_used; }
