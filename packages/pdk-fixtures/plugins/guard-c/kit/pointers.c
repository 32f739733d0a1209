// The codecs of values behind a pointer: nullable values and recursive types.
#include "runtime.h"

bool pw_read_boxed(const pw_type *type, void **to, uint32_t version) {
  void *box = *to = pw_try_allocate(type->size);
  return box && type->codec->read(type, box, version);
}

static bool read_boxed(const pw_type *type, void *to, uint32_t version) { return pw_read_boxed(type->parts, to, version); }

static bool read_nullable(const pw_type *type, void *to, uint32_t version) {
  if (*pw_in.at != 'n') return pw_read_boxed(type->parts, to, version);
  *(void **)to = NULL;
  return pw_skip_value();
}

static bool write_pointed(const pw_type *inner, const void *from) {
  const void *box = *(const void *const *)from;
  return box ? inner->codec->write(inner, box) : pw_refuse("was not set");
}

static bool write_boxed(const pw_type *type, const void *from) { return write_pointed(type->parts, from); }

static bool write_nullable(const pw_type *type, const void *from) {
  return *(const void *const *)from ? write_pointed(type->parts, from) : PW_PUT("null");
}

const pw_codec pw_nullable = {read_nullable, write_nullable};
const pw_codec pw_boxed = {read_boxed, write_boxed};
