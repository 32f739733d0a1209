// Three functions of a load balancer in C: the same as those of load-balancer-assemblyscript, and the same tests.
#include "messages.h"

static const char *const FUNCTIONS[] = {"filter", "shape", "sign"};

#define REQUEST                                                                                                       \
  "\"request_id\":\"r-1\",\"headers\":[{\"name\":\"accept\",\"value_base64\":\"Ki8q\"}],\"method\":\"POST\","         \
  "\"path\":\"/v1/messages\",\"query\":null,\"body_base64\":\"\""
#define PRINCIPAL "\"principal\":{\"id\":\"someone\",\"kind\":\"user\",\"claims\":{}}"
#define UPSTREAM "\"upstream\":{\"kind\":\"anthropic_direct\"}"
#define SHAPED "\"url\":\"https://upstream.example/v1\",\"method\":\"POST\",\"headers\":[],\"body_base64\":\"\""
#define ID "\"00000000-0000-4000-8000-000000000001\""

static void check_read(text sample, void (*read)(value *)) { read(read_json(sample)); }

void read_filter(value *from);
void read_filter_response(value *from);
void read_shape(value *from);
void read_shaped(value *from);
void read_sign(value *from);
void read_sign_response(value *from);

// C has no types of its own to send a sample through: that each member is there, is right and is the last is what
// these readers look at, and all that the handlers see.
static void check_samples(text name) {
  if (equals(name, LITERAL("filter"))) {
    check_read(LITERAL("{" REQUEST "," PRINCIPAL ",\"candidates\":[{\"upstream_id\":" ID
                       ",\"name\":\"one\",\"kind\":\"anthropic_direct\",\"observed_rate_limits\":[],"
                       "\"subscription_quotas\":[],\"observed_at_unix_secs\":1}]}"), read_filter);
    check_read(LITERAL("{\"results\":[{\"upstream_id\":" ID ",\"decision\":\"accept\",\"reason\":\"only one\"}]}"),
               read_filter_response);
  } else if (equals(name, LITERAL("shape"))) {
    check_read(LITERAL("{\"request\":{" REQUEST "}," UPSTREAM "," PRINCIPAL "}"), read_shape);
    check_read(LITERAL("{" SHAPED "}"), read_shaped);
  } else if (equals(name, LITERAL("sign"))) {
    check_read(LITERAL("{\"shaped\":{" SHAPED "},\"signer_state\":{}}"), read_sign);
    check_read(LITERAL("{\"url\":null,\"method\":null,\"headers\":[],\"body_base64\":null}"), read_sign_response);
  }
}

EXPORT(cc_lb_handshake) { return answer_handshake(FUNCTIONS, 3); }
EXPORT(cc_lb_self_check) { return answer_self_check(check_samples); }

static int answer(void (*handle)(value *)) {
  value *request = open_request();
  put(LITERAL("{\"_v\":1"));
  handle(request);
  put(LITERAL("}"));
  return end_call();
}

EXPORT(filter) { return answer(filter_candidates); }
EXPORT(shape) { return answer(shape_request); }
EXPORT(sign) { return answer(sign_request); }
