#include "../load-balancer-c/settings.h"
#include "guard.h"

bool report_events(const ObserveRequest *request) {
  bool is_counting, is_logging;
  uint64_t counts[EVENT_KINDS] = {0};
  if (!read_switch(PW_TEXT("count_events"), &is_counting) || !read_switch(PW_TEXT("log_errors"), &is_logging)) return false;
  for (uint32_t i = 0; i < request->events.length; i++) counts[request->events.at[i].option]++;
  for (uint32_t i = 0; i < EVENT_KINDS; i++)
    if (is_counting && counts[i]) host_metric_incr(PW_CONCAT(PW_TEXT("events_"), pw_text_of(event_kinds[i])), counts[i]);
  // Logs only the number, nothing of the events.
  uint64_t errors = counts[EVENT_ERROR];
  if (is_logging && errors) host_log(PW_TEXT("warn"), PW_CONCAT(PW_TEXT("error events: "), pw_decimal(errors)));
  return true;
}
