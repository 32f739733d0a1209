// The arena: one piece of memory after the data. Each call empties it. It grows when necessary.
#include "runtime.h"

#define PAGE 65536u
#define SLACK 16u

extern char __heap_base;
static uint32_t used;

static char *arena(void) { return (char *)(((uint32_t)&__heap_base + 7) & ~7u); }

static bool reserve(uint64_t end) {
  uint64_t last = (uint32_t)arena() + end + SLACK, has = __builtin_wasm_memory_size(0);
  if (last <= has * PAGE) return true;
  if (last > UINT32_MAX) return pw_refuse("out of memory");
  uint32_t missing = (last + PAGE - 1) / PAGE - has;
  return __builtin_wasm_memory_grow(0, missing) != (size_t)-1 || pw_refuse("out of memory");
}

void *pw_try_allocate(uint64_t bytes) {
  uint64_t end = used + bytes + SLACK / 2;
  if (!reserve(end)) return NULL;
  char *block = arena() + used;
  used = (end + 7) & ~7u;
  return block;
}

void *pw_try_grow(void *block, uint32_t old_bytes, uint64_t bytes) {
  uint32_t end_of_block = (old_bytes + SLACK / 2 + 7) & ~7u;
  // The newest block can grow in place.
  if (block && (char *)block + end_of_block == arena() + used) {
    uint32_t mark = used;
    used = (char *)block - arena();
    if (pw_try_allocate(bytes)) return block;
    used = mark;
    return NULL;
  }
  char *to = pw_try_allocate(bytes);
  if (to && old_bytes) __builtin_memcpy(to, block, old_bytes);
  return to;
}

uint32_t pw_arena_mark(void) { return used; }
void pw_arena_release(uint32_t mark) { used = mark; }
void pw_arena_reset(void) { used = 0; }

void *pw_allocate(size_t bytes) {
  void *block = pw_try_allocate(bytes);
  if (!block) {
    pw_log(PW_ERROR, PW_TEXT("out of memory"));
    __builtin_trap();
  }
  __builtin_memset(block, 0, bytes);
  return block;
}

void *pw_allocate_array(uint32_t count, uint32_t size) {
  uint64_t bytes = (uint64_t)count * size;
  return pw_allocate(bytes > UINT32_MAX ? UINT32_MAX : bytes);
}

void *pw_keep(const void *value, size_t bytes) {
  void *block = pw_allocate(bytes);
  __builtin_memcpy(block, value, bytes);
  return block;
}

// Short texts are copied eight bytes at a time, which may write up to seven bytes too many.
void pw_copy(char *to, const char *from, uint32_t length) {
  if (length > 64) {
    __builtin_memcpy(to, from, length);
    return;
  }
  for (uint32_t at = 0; at < length; at += 8) __builtin_memcpy(to + at, from + at, 8);
}
