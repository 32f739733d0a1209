// Counts events by kind. An Extism variable keeps the counts between calls.
#include "handlers.h"

const char *const event_kinds[EVENT_KINDS] = {"request_started", "authn_complete", "upstream_chosen",
                                              "chunk", "request_finished", "error"};

// Returns kinds and counts. They contain nothing of the events.
static pw_text describe(const uint64_t *counts) {
  pw_text text = PW_TEXT("events so far:");
  for (uint32_t i = 0; i < EVENT_KINDS; i++)
    text = PW_CONCAT(text, PW_TEXT(" "), pw_text_of(event_kinds[i]), PW_TEXT("="), pw_decimal(counts[i]));
  return text;
}

bool count_events(const ObserveRequest *request) {
  const pw_text name = PW_TEXT("event_counts");
  uint64_t counts[EVENT_KINDS] = {0};
  pw_text kept;
  if (pw_variable(name, &kept) && kept.length == sizeof counts) __builtin_memcpy(counts, kept.at, sizeof counts);
  for (uint32_t i = 0; i < request->events.length; i++) counts[request->events.at[i].option]++;
  pw_set_variable(name, (pw_text){(const char *)counts, sizeof counts});
  if (pw_logs(PW_DEBUG)) pw_log(PW_DEBUG, describe(counts));
  return true;
}
