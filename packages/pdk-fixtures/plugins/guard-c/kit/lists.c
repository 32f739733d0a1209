// The codec of lists.
#include "runtime.h"

char *pw_next_element(pw_elements *to, uint32_t *room, uint32_t size) {
  if (to->length == *room) {
    uint32_t more = *room ? 2 * *room : 4;
    char *at = pw_try_grow(to->at, *room * size, (uint64_t)more * size);
    if (!at) return NULL;
    to->at = at;
    *room = more;
  }
  return to->at + to->length++ * size;
}

bool pw_read_list(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  const pw_type *element = type->parts;
  pw_elements read = {0};
  uint32_t room = 0;
  bool is_last;
  if (!pw_open('[', ']', &is_last)) return false;
  while (!is_last) {
    char *place = pw_next_element(&read, &room, element->size);
    if (!place) return false;
    if (!element->codec->read(element, place, 0)) return pw_at_index(read.length - 1);
    if (!pw_next_part(']', &is_last)) return false;
  }
  *(pw_elements *)to = read;
  return true;
}

bool pw_write_elements(const pw_type *element, const pw_elements *from, uint32_t first) {
  for (uint32_t i = 0; i < from->length; i++) {
    if ((first + i) && !PW_PUT(",")) return false;
    if (!element->codec->write(element, from->at + i * element->size)) return pw_at_index(first + i);
  }
  return true;
}

static bool write_list(const pw_type *type, const void *from) {
  return PW_PUT("[") && pw_write_elements(type->parts, from, 0) && PW_PUT("]");
}

const pw_codec pw_list = {pw_read_list, write_list};
