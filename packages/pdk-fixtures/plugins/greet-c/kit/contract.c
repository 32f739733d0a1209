// The tables of the contract and the exports of the plugin. `plugwire generate` replaces this file.
#include "contract.h"
#include "runtime.h"

// ---- types ----

static const pw_type pw_text_type = {&pw_string, NULL, sizeof(pw_text), 0};
static const pw_field GreetRequest_fields[] = {
  {.key = "name", .key_length = 4, .type = &pw_text_type, .offset = offsetof(GreetRequest, name)},
};
static const pw_type GreetRequest_type = {&pw_object, GreetRequest_fields, sizeof(GreetRequest), 1};
static const pw_field GreetResponse_fields[] = {
  {.key = "text", .key_length = 4, .type = &pw_text_type, .offset = offsetof(GreetResponse, text)},
};
static const pw_type GreetResponse_type = {&pw_object, GreetResponse_fields, sizeof(GreetResponse), 1};

// ---- functions ----

static bool call_greet(const void *request, void *response) {
  return greet((const GreetRequest *)request, (GreetResponse *)response);
}
static const pw_version greet_versions[] = {
  {.version = 1, .request = &GreetRequest_type, .response = &GreetResponse_type,
   .handle = call_greet,
   .sample_request = "{\"name\":\"Ada\"}",
   .sample_response = "{\"text\":\"hello, Ada\"}"},
};

static const pw_function functions[] = {
  {"greet", "\"greet\":[1]", greet_versions, 1},
};
static const pw_plugin plugin = {functions, NULL, 1, 0};

// ---- exports ----

#define EXPORT(name) __attribute__((export_name(#name))) int32_t pw_export_##name(void)
EXPORT(cc_lb_handshake) { return pw_answer_handshake(&plugin); }
EXPORT(cc_lb_self_check) { return pw_answer_self_check(&plugin); }
EXPORT(greet) { return pw_answer(functions + 0); }

// The identity, in a custom section that hosts read before they run the module.
__asm__(".section .custom_section.cc_lb.plugin.v1,\"\",@\n"
        ".ascii \"{\\\"magic\\\":[204,27,112,16,0,1,0,0],\\\"abi_envelope\\\":1,\\\"plugin_name\\\":\\\"greet-c\\\",\\\"plugin_version\\\":\\\"1.0.0\\\"}\"\n"
        ".text\n");
