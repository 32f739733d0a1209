// `greet` version 1 in C: {"name"} to {"text"}.
#include "plugin.h"

static const char *const FUNCTIONS[] = {"greet"};

static text read_name(value *request) {
  text name = to_text(take(request, "name"));
  take_no_more(request);
  return name;
}

static void check_samples(text name) {
  if (!equals(name, LITERAL("greet"))) return;
  if (!equals(read_name(read_json(LITERAL("{\"name\":\"Ada\"}"))), LITERAL("Ada"))) fail("the request");
  value *response = read_json(LITERAL("{\"text\":\"hello, Ada\"}"));
  if (!equals(to_text(take(response, "text")), LITERAL("hello, Ada"))) fail("the response");
  take_no_more(response);
}

EXPORT(cc_lb_handshake) { return answer_handshake(FUNCTIONS, 1); }
EXPORT(cc_lb_self_check) { return answer_self_check(check_samples); }

EXPORT(greet) {
  text name = read_name(open_request());
  u8 *greeting = allocate(name.length + 7);
  if (has_failed()) return end_call();
  __builtin_memcpy(greeting, "hello, ", 7);
  __builtin_memcpy(greeting + 7, name.at, name.length);
  put(LITERAL("{\"_v\":1,\"text\":"));
  put_text((text){greeting, name.length + 7});
  put(LITERAL("}"));
  return end_call();
}
