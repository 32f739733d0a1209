// JSON that is passed to functions of the host, and returned by them.
#include "runtime.h"

// The place is within that value, not within the message.
static bool fail_in(const char *what) {
  pw_text why = pw_failure(what);
  pw_forget_failure();
  return pw_fail_text(why);
}

bool pw_write_block(const pw_type *type, const void *from, const char *what, uint64_t *block) {
  if (pw_has_failed()) return false;
  pw_writer response = pw_out;
  pw_out = (pw_writer){0};
  bool is_written = type->codec->write(type, from);
  if (is_written) *block = pw_to_block((pw_text){pw_out.at, pw_out.used});
  pw_out = response;
  return is_written || fail_in(what);
}

bool pw_read_block(const pw_type *type, uint64_t block, const char *what, void *to) {
  if (pw_has_failed()) return false;
  pw_text text = pw_from_block(block);
  pw_free_block(block);
  // The arena has space for the zero byte after it.
  __builtin_memset((char *)text.at + text.length, 0, 8);
  pw_in = (pw_reader){text.at, 0};
  pw_skip_blanks();
  return (type->codec->read(type, to, 0) && pw_at_end(text.at + text.length)) || fail_in(what);
}
