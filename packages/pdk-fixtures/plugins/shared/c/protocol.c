#include "plugin.h"

#define LARGEST 0x1fffffffffffffull

value *open_request(void) {
  value *request = read_json(begin_call());
  if (to_count(take(request, "_v"), 65535) != 1) fail("another version");
  return request;
}

static text name_of(const char *function) {
  u32 length = 0;
  while (function[length]) length++;
  return (text){(const u8 *)function, length};
}

// Writes what is said of each function that is offered, with commas between.
static void put_each(const char *const *functions, u32 count, value *offered, int form) {
  bool is_first = true;
  for (u32 i = 0; i < count; i++) {
    value *versions = take_optional(offered, functions[i]);
    if (!versions) continue;
    bool is_common = false;
    for (value *one = elements(versions); one; one = one->next) is_common |= to_count(one, 65535) == 1;
    if (form == 1 && !is_common) continue;
    if (!is_first) put(LITERAL(","));
    is_first = false;
    put_text(name_of(functions[i]));
    if (form == 1) put(LITERAL(":1"));
    if (form == 2) put(LITERAL(":[1]"));
  }
}

int answer_handshake(const char *const *functions, u32 count) {
  value *offer = read_json(begin_call());
  if (to_count(take(offer, "handshake_schema_version"), 0xffffffff) != 1) fail("another handshake_schema_version");
  if (to_count(take(offer, "envelope_version"), 0xffffffff) != 1) fail("another envelope_version");
  value *offered = take(offer, "function_versions");
  for (value *one = members(offered); one; one = one->next)
    for (value *version = elements(one); version; version = version->next)
      if (to_count(version, 65535) == 0) fail("a version is 0");
  for (value *one = elements(take(offer, "host_capabilities")); one; one = one->next) to_text(one);
  take_no_more(offer);
  if (has_failed()) return end_call();
  put(LITERAL("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{"));
  put_each(functions, count, offered, 1);
  put(LITERAL("},\"plugin_supported\":{"));
  put_each(functions, count, offered, 2);
  put(LITERAL("},\"implemented_functions\":["));
  put_each(functions, count, offered, 3);
  put(LITERAL("],\"required_capabilities\":[]}"));
  return end_call();
}

int answer_self_check(void (*check)(text name)) {
  value *request = read_json(begin_call());
  value *functions = elements(take(request, "functions_to_test"));
  u64 time = to_count(take(request, "initiated_at"), LARGEST);
  take_no_more(request);
  u32 count = 0, failures = 0;
  for (value *one = functions; one; one = one->next) to_text(one), count++;
  if (count < 1 || count > 16 || time == 0) fail("a self-check has 1 to 16 functions and a positive time");
  if (has_failed()) return end_call();
  put(LITERAL("{\"failures\":["));
  for (value *one = functions; one; one = one->next) {
    // A function that the plugin does not have is skipped: cc-lb's own host asks for all seven.
    check(one->content);
    if (!has_failed()) continue;
    // A sample that does not pass is a finding, not the end of the call.
    forget_failure();
    if (failures++) put(LITERAL(","));
    put(LITERAL("{\"stage\":\"wire_function_test\",\"message\":\"a sample is not what it was\"}"));
  }
  put(failures ? LITERAL("],\"status\":\"failure\"") : LITERAL("],\"status\":\"success\""));
  // A plugin without a clock knows no later time than the one that it was told.
  put(LITERAL(",\"completed_at\":"));
  put_decimal(time);
  put(LITERAL("}"));
  return end_call();
}
