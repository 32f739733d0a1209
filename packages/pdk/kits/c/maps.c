// The codec of maps: objects with keys that the contract does not name. Places do not contain these keys, because they are payload.
#include "runtime.h"

static bool has_key(const pw_type *type, const pw_map_parts *map, const pw_text *key) {
  for (uint32_t i = 0; i < type->count; i++)
    if (pw_is_key(map->keys[i].text, map->keys[i].length, key)) return true;
  return type->count == 0 || pw_refuse("an unknown key");
}

// Keys must be distinct. If the table requires it, all of its keys must be present.
static bool check_keys(const pw_type *type, const pw_map_parts *map, const pw_elements *entries) {
  pw_text *keys = pw_try_allocate((uint64_t)entries->length * sizeof *keys);
  if (!keys) return false;
  for (uint32_t i = 0; i < entries->length; i++) keys[i] = *(pw_text *)(entries->at + i * map->entry_size);
  if (!pw_are_distinct(keys, entries->length)) return false;
  return !map->is_complete || entries->length == type->count || pw_refuse("a key is missing");
}

bool pw_read_map(const pw_type *type, void *to, uint32_t version) {
  (void)version;
  const pw_map_parts *map = type->parts;
  pw_elements read = {0};
  uint32_t room = 0;
  bool is_last;
  if (!pw_open('{', '}', &is_last)) return false;
  while (!is_last) {
    pw_text key;
    char *place = pw_next_element(&read, &room, map->entry_size);
    if (!place || !pw_read_key(&key) || !has_key(type, map, &key)) return false;
    *(pw_text *)place = key;
    if (!map->value->codec->read(map->value, place + map->value_offset, 0)) return pw_at_key("*", 1);
    if (!pw_next_part('}', &is_last)) return false;
  }
  *(pw_elements *)to = read;
  return check_keys(type, map, &read);
}

static bool write_map(const pw_type *type, const void *from) {
  const pw_map_parts *map = type->parts;
  const pw_elements *entries = from;
  if (!check_keys(type, map, entries) || !PW_PUT("{")) return false;
  for (uint32_t i = 0; i < entries->length; i++) {
    const char *entry = entries->at + i * map->entry_size;
    const pw_text *key = (const pw_text *)entry;
    if (!has_key(type, map, key) || (i && !PW_PUT(","))) return false;
    if (!pw_put_string(key->at, key->length) || !PW_PUT(":")) return false;
    if (!map->value->codec->write(map->value, entry + map->value_offset)) return pw_at_key("*", 1);
  }
  return PW_PUT("}");
}

const pw_codec pw_map = {pw_read_map, write_map};
