// Why a call fails, and where in the message.
#include "runtime.h"

static pw_text why;
// The steps to the place, written from the end to the beginning as the readers return.
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

// What does not fit is left out, and the place begins with dots.
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
  char step[12], *from = step + sizeof step;
  *--from = ']';
  do *--from = '0' + index % 10;
  while (index /= 10);
  *--from = '[';
  return prepend(from, step + sizeof step - from);
}

static char *append(char *to, pw_text piece) {
  __builtin_memcpy(to, piece.at, piece.length);
  return to + piece.length;
}

pw_text pw_failure(const char *root) {
  // The reasons of the kit are short, and there may be no memory left.
  static char text[sizeof place + 128];
  if (!is_placed) return why;
  char *end = append(text, pw_text_of(root));
  end = append(end, (pw_text){place + place_from, sizeof place - place_from});
  end = append(end, PW_TEXT(": "));
  return (pw_text){text, append(end, why) - text};
}
