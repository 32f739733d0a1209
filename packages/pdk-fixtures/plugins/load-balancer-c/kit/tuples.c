// The codec of tuples.
#include "runtime.h"

static bool read_tuple(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  const pw_tuple_parts *tuple = type->parts;
  pw_elements rest = {0};
  uint32_t index = 0, room = 0;
  bool is_last;
  if (!pw_open('[', ']', &is_last)) return false;
  for (; !is_last; index++) {
    bool is_item = index < type->count;
    if (!is_item && !tuple->rest) return pw_refuse("more elements than expected");
    const pw_type *element = is_item ? tuple->items[index].type : tuple->rest;
    char *place = is_item ? (char *)to + tuple->items[index].offset : pw_next_element(&rest, &room, element->size);
    if (!place) return false;
    if (!element->codec->read(element, place, 0)) return pw_at_index(index);
    if (!pw_next_part(']', &is_last)) return false;
  }
  if (tuple->rest) *(pw_elements *)((char *)to + tuple->rest_offset) = rest;
  return index >= type->count || pw_refuse("fewer elements than expected");
}

static bool write_tuple(const pw_type *type, const void *from) {
  const pw_tuple_parts *tuple = type->parts;
  if (!PW_PUT("[")) return false;
  for (uint32_t i = 0; i < type->count; i++) {
    const pw_item *item = tuple->items + i;
    if (i && !PW_PUT(",")) return false;
    if (!item->type->codec->write(item->type, (const char *)from + item->offset)) return pw_at_index(i);
  }
  const void *rest = (const char *)from + tuple->rest_offset;
  return (!tuple->rest || pw_write_elements(tuple->rest, rest, type->count)) && PW_PUT("]");
}

const pw_codec pw_tuple = {read_tuple, write_tuple};
