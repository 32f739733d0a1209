// The reason why a call fails, and the place in the message.
#include "runtime.h"

static pw_text why;
// The steps to the place. They are written from the end to the beginning, as the readers return.
static char place[256];
static uint32_t place_from = sizeof place;
static bool is_placed;

static void note(pw_text text, bool has_place) {
  if (why.at) return;
  why = text;
  is_placed = has_place;
  place_from = sizeof place;
}

bool pw_fail_text(pw_text text) { return note(text, false), false; }
bool pw_fail(const char *text) { return pw_fail_text(pw_text_of(text)); }
bool pw_refuse(const char *text) { return note(pw_text_of(text), true), false; }
bool pw_has_failed(void) { return why.at != NULL; }
void pw_forget_failure(void) { why.at = NULL; }

// Steps that do not fit are left out, and the place begins with dots.
static bool prepend(const char *step, uint32_t length) {
  if (place_from < 3) return false;
  if (length + 3 > place_from) step = "...", length = place_from = 3;
  place_from -= length;
  __builtin_memcpy(place + place_from, step, length);
  return false;
}

bool pw_at_key(const char *key, uint32_t length) {
  prepend(key, length);
  return prepend(".", 1);
}

bool pw_at_index(uint32_t index) {
  char step[PW_MOST_DIGITS + 2], *end = step + sizeof step - 1, *from = pw_digits(end, index) - 1;
  *from = '[';
  *end = ']';
  return prepend(from, end + 1 - from);
}

pw_text pw_failure(const char *root) {
  if (!is_placed) return why;
  pw_writer response = pw_out;
  pw_out = (pw_writer){0};
  pw_put(root, pw_text_of(root).length);
  pw_put(place + place_from, sizeof place - place_from);
  PW_PUT(": ");
  pw_put(why.at, why.length);
  pw_text text = {pw_out.at, pw_out.used};
  pw_out = response;
  return text;
}
