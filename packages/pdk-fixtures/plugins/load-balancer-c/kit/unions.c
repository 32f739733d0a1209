// The codec of unions. A discriminator selects the option. Without one, the first option that fits is taken.
#include "runtime.h"

static bool find_tag(const pw_type *type, uint32_t *chosen) {
  const pw_union_parts *parts = type->parts;
  uint32_t tag;
  *chosen = 0;
  if (!pw_find_scalar(parts->tags, parts->tag_count, &tag)) return pw_at_key(parts->discriminator, parts->discriminator_length);
  for (; tag >= parts->options[*chosen].tag_count; ++*chosen) tag -= parts->options[*chosen].tag_count;
  return true;
}

// Looks for the discriminator, then goes back to the beginning of the object.
static bool find_option(const pw_type *type, uint32_t *chosen) {
  const pw_union_parts *parts = type->parts;
  pw_reader start = pw_in;
  bool is_last;
  if (!pw_open('{', '}', &is_last)) return false;
  while (!is_last) {
    pw_text key;
    if (!pw_read_key(&key)) return false;
    if (pw_is_key(parts->discriminator, parts->discriminator_length, &key)) {
      bool is_found = find_tag(type, chosen);
      pw_in = start;
      return is_found;
    }
    if (!pw_skip_value() || !pw_next_part('}', &is_last)) return false;
  }
  return pw_refuse("missing"), pw_at_key(parts->discriminator, parts->discriminator_length);
}

static bool read_union(const pw_type *type, void *to, uint32_t version) {
  const pw_union_parts *parts = type->parts;
  char *content = (char *)to + parts->content_offset;
  uint32_t chosen = 0;
  if (parts->discriminator) {
    if (!find_option(type, &chosen)) return false;
    *(uint32_t *)to = chosen;
    const pw_type *option = parts->options[chosen].type;
    return option->codec->read(option, content, version);
  }
  pw_reader start = pw_in;
  uint32_t mark = pw_arena_mark();
  for (; chosen < type->count; chosen++) {
    const pw_type *option = parts->options[chosen].type;
    *(uint32_t *)to = chosen;
    if (option->codec->read(option, content, version)) return true;
    pw_forget_failure();
    pw_arena_release(mark);
    pw_in = start;
  }
  return pw_refuse("none of the types that are expected here");
}

static bool write_union(const pw_type *type, const void *from) {
  const pw_union_parts *parts = type->parts;
  uint32_t chosen = *(const uint32_t *)from;
  if (chosen >= type->count) return pw_refuse("no option of the union");
  const pw_type *option = parts->options[chosen].type;
  return option->codec->write(option, (const char *)from + parts->content_offset);
}

const pw_codec pw_union = {read_union, write_union};
