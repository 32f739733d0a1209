// Codecs of strings, booleans and null.
#include "runtime.h"

static bool read_string(const pw_type *type, void *to, uint32_t version) {
  (void)type, (void)version;
  return pw_read_string(to);
}

static bool write_string(const pw_type *type, const void *from) {
  (void)type;
  const pw_text *text = from;
  return pw_put_string(text->at, text->length);
}

static bool read_boolean(const pw_type *type, void *to, uint32_t version) {
  (void)type, (void)version;
  bool is_true = *pw_in.at == 't';
  *(bool *)to = is_true;
  return is_true || *pw_in.at == 'f' ? pw_skip_value() : pw_refuse("expected a boolean");
}

static bool write_boolean(const pw_type *type, const void *from) {
  (void)type;
  return *(const bool *)from ? PW_PUT("true") : PW_PUT("false");
}

static bool read_null(const pw_type *type, void *to, uint32_t version) {
  (void)type, (void)version;
  *(char *)to = 0;
  return *pw_in.at == 'n' ? pw_skip_value() : pw_refuse("expected null");
}

static bool write_null(const pw_type *type, const void *from) {
  (void)type, (void)from;
  return PW_PUT("null");
}

const pw_codec pw_string = {read_string, write_string};
const pw_codec pw_boolean = {read_boolean, write_boolean};
const pw_codec pw_null = {read_null, write_null};
