// The handshake: which versions of which functions host and plugin have in common.
#include "runtime.h"

__attribute__((weak)) bool pw_requires(pw_text capability) {
  (void)capability;
  return true;
}

static bool is_offered(pw_json versions, uint32_t version) {
  uint64_t offered;
  for (pw_json_parts part = pw_json_begin(versions); pw_json_next(&part);)
    if (pw_json_to_u64(part.value, &offered) && offered == version) return true;
  return false;
}

// The highest version that both have; 0 if there is none.
static uint32_t common_version(const pw_function *function, pw_json offered) {
  for (uint32_t at = function->version_count; at > 0; at--)
    if (is_offered(offered, function->versions[at - 1].version)) return function->versions[at - 1].version;
  return 0;
}

typedef enum { CHOSEN, SUPPORTED, NAME } form;

// What is said of each function that is offered: a host knows nothing of the others.
static void put_each(const pw_plugin *plugin, pw_json offer, form form) {
  bool is_first = true;
  for (const pw_function *function = plugin->functions; function < plugin->functions + plugin->function_count; function++) {
    pw_text name = pw_text_of(function->name);
    pw_json offered;
    if (!pw_json_get(offer, name, &offered)) continue;
    uint32_t version = common_version(function, offered);
    if (form == CHOSEN && !version) continue;
    if (!is_first) PW_PUT(",");
    is_first = false;
    if (form == SUPPORTED) pw_put(function->supported, pw_text_of(function->supported).length);
    else pw_put_string(name.at, name.length);
    if (form == CHOSEN) PW_PUT(":"), pw_put_decimal(version);
  }
}

static void put_capabilities(const pw_plugin *plugin) {
  bool is_first = true;
  for (uint32_t i = 0; i < plugin->capability_count; i++) {
    pw_text capability = pw_text_of(plugin->capabilities[i]);
    if (!pw_requires(capability)) continue;
    if (!is_first) PW_PUT(",");
    is_first = false;
    pw_put_string(capability.at, capability.length);
  }
}

int32_t pw_answer_handshake(const pw_plugin *plugin) {
  pw_json offer, versions;
  if (!pw_read_input_object(&offer) || !pw_take(offer, "function_versions", PW_JSON_OBJECT, &versions)) return pw_end_call("offer");
  PW_PUT("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{");
  put_each(plugin, versions, CHOSEN);
  PW_PUT("},\"plugin_supported\":{");
  put_each(plugin, versions, SUPPORTED);
  PW_PUT("},\"implemented_functions\":[");
  put_each(plugin, versions, NAME);
  PW_PUT("],\"required_capabilities\":[");
  put_capabilities(plugin);
  PW_PUT("]}");
  return pw_end_call("offer");
}
