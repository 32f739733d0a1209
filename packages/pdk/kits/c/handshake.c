// The handshake: finds the versions that host and plugin have in common.
#include "runtime.h"

__attribute__((weak)) bool pw_requires(pw_text capability, bool is_granted) {
  (void)capability, (void)is_granted;
  return true;
}

// ---- the offer ----

typedef struct {
  pw_text name;
  pw_elements versions;
} offered_function;

typedef struct {
  uint32_t schema_version, envelope_version;
  pw_elements functions, capabilities;
} offer;

static const pw_codec read_integer = {pw_read_integer, NULL}, read_list = {pw_read_list, NULL}, read_map = {pw_read_map, NULL};
static const pw_codec read_object = {pw_read_object, NULL};
static const pw_integer_range only_one = {1, 1, false}, any_version = {1, 65535, false};
static const pw_type one = {&read_integer, &only_one, sizeof(uint32_t), 0};
static const pw_type version_type = {&read_integer, &any_version, sizeof(uint32_t), 0};
static const pw_type versions_type = {&read_list, &version_type, sizeof(pw_elements), 0};
static const pw_map_parts functions_parts = {&versions_type, NULL, offsetof(offered_function, versions), sizeof(offered_function), false};
static const pw_type functions_type = {&read_map, &functions_parts, sizeof(pw_elements), 0};
static const pw_type name_type = {&pw_string, NULL, sizeof(pw_text), 0};
static const pw_type names_type = {&read_list, &name_type, sizeof(pw_elements), 0};
static const pw_field offer_fields[] = {
  {.key = "handshake_schema_version", .key_length = 24, .type = &one, .offset = offsetof(offer, schema_version)},
  {.key = "envelope_version", .key_length = 16, .type = &one, .offset = offsetof(offer, envelope_version)},
  {.key = "function_versions", .key_length = 17, .type = &functions_type, .offset = offsetof(offer, functions)},
  {.key = "host_capabilities", .key_length = 17, .type = &names_type, .offset = offsetof(offer, capabilities)},
};
static const pw_type offer_type = {&read_object, offer_fields, sizeof(offer), 4};

// ---- the accept ----

static const offered_function *find_offered(const offer *offer, const char *name) {
  const offered_function *each = (const offered_function *)offer->functions.at, *end = each + offer->functions.length;
  uint32_t length = pw_text_of(name).length;
  while (each < end && !pw_is_key(name, length, &each->name)) each++;
  return each < end ? each : NULL;
}

// Returns the highest common version, or 0.
static uint32_t common_version(const pw_function *function, const pw_elements *offered) {
  uint32_t common = 0;
  for (uint32_t i = 0; i < function->version_count; i++)
    for (uint32_t j = 0; j < offered->length; j++)
      if (((const uint32_t *)offered->at)[j] == function->versions[i].version) common = function->versions[i].version;
  return common;
}

typedef enum { CHOSEN, SUPPORTED, NAME } form;

// Writes an entry for each offered function. Hosts reject functions that they did not offer.
static void put_each(const pw_plugin *plugin, const offer *offer, form form) {
  bool is_first = true;
  for (uint32_t i = 0; i < plugin->function_count; i++) {
    const pw_function *function = plugin->functions + i;
    const offered_function *offered = find_offered(offer, function->name);
    uint32_t version = offered ? common_version(function, &offered->versions) : 0;
    if (form == CHOSEN ? !version : !offered) continue;
    if (!is_first) PW_PUT(",");
    is_first = false;
    // `"greet":[1,2]` begins with the name as JSON.
    pw_put(function->supported, form == SUPPORTED ? pw_text_of(function->supported).length : pw_text_of(function->name).length + 2);
    if (form == CHOSEN) PW_PUT(":"), pw_put_decimal(version);
  }
}

static bool is_granted(const offer *offer, const char *capability) {
  const pw_text *granted = (const pw_text *)offer->capabilities.at;
  for (uint32_t i = 0; i < offer->capabilities.length; i++)
    if (pw_is_key(capability, pw_text_of(capability).length, granted + i)) return true;
  return false;
}

static void put_capabilities(const pw_plugin *plugin, const offer *offer) {
  bool is_first = true;
  for (uint32_t i = 0; i < plugin->capability_count; i++) {
    const char *capability = plugin->capabilities[i];
    if (!pw_requires(pw_text_of(capability), is_granted(offer, capability))) continue;
    if (!is_first) PW_PUT(",");
    is_first = false;
    pw_put_string(capability, pw_text_of(capability).length);
  }
}

int32_t pw_answer_handshake(const pw_plugin *plugin) {
  offer offer;
  if (!pw_begin_call() || !pw_read_input(&offer_type, &offer, 0)) return pw_end_call("offer");
  PW_PUT("{\"handshake_schema_version\":1,\"envelope_version\":1,\"chosen_versions\":{");
  put_each(plugin, &offer, CHOSEN);
  PW_PUT("},\"plugin_supported\":{");
  put_each(plugin, &offer, SUPPORTED);
  PW_PUT("},\"implemented_functions\":[");
  put_each(plugin, &offer, NAME);
  PW_PUT("],\"required_capabilities\":[");
  put_capabilities(plugin, &offer);
  PW_PUT("]}");
  return pw_end_call("offer");
}
