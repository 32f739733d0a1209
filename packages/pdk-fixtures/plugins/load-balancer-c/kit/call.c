// A call: its input, its output, and the functions that Extism provides.
#include "runtime.h"

#define ENV(name) __attribute__((import_module("extism:host/env"), import_name(#name)))
ENV(input_length) uint64_t env_input_length(void);
ENV(input_load_u8) uint32_t env_input_load_u8(uint64_t offset);
ENV(input_load_u64) uint64_t env_input_load_u64(uint64_t offset);
ENV(alloc) uint64_t env_alloc(uint64_t length);
ENV(free) void env_free(uint64_t block);
ENV(length) uint64_t env_length(uint64_t block);
ENV(load_u8) uint32_t env_load_u8(uint64_t address);
ENV(load_u64) uint64_t env_load_u64(uint64_t address);
ENV(store_u8) void env_store_u8(uint64_t address, uint32_t byte);
ENV(store_u64) void env_store_u64(uint64_t address, uint64_t word);
ENV(output_set) void env_output_set(uint64_t block, uint64_t length);
ENV(error_set) void env_error_set(uint64_t block);
ENV(config_get) uint64_t env_config_get(uint64_t key);
ENV(var_get) uint64_t env_var_get(uint64_t key);
ENV(var_set) void env_var_set(uint64_t key, uint64_t value);
ENV(get_log_level) int32_t env_get_log_level(void);
ENV(log_trace) void env_log_trace(uint64_t message);
ENV(log_debug) void env_log_debug(uint64_t message);
ENV(log_info) void env_log_info(uint64_t message);
ENV(log_warn) void env_log_warn(uint64_t message);
ENV(log_error) void env_log_error(uint64_t message);

pw_reader pw_in;
pw_writer pw_out;
pw_text pw_input;

// Sets the text to read to the input. A zero byte ends it: JSON contains no zero byte.
bool pw_begin_call(void) {
  pw_arena_reset();
  pw_forget_failure();
  pw_out = (pw_writer){0};
  uint64_t length = env_input_length(), at = 0;
  char *to = pw_try_allocate(length);
  if (!to) return false;
  for (; at + 8 <= length; at += 8) {
    uint64_t word = env_input_load_u64(at);
    __builtin_memcpy(to + at, &word, 8);
  }
  for (; at < length; at++) to[at] = env_input_load_u8(at);
  __builtin_memset(to + length, 0, 8);
  pw_input = (pw_text){to, length};
  pw_in = (pw_reader){to, 0};
  return true;
}

int32_t pw_end_call(const char *root) {
  if (pw_has_failed()) {
    env_error_set(pw_to_block(pw_failure(root)));
    return 1;
  }
  env_output_set(pw_to_block((pw_text){pw_out.at, pw_out.used}), pw_out.used);
  return 0;
}

uint64_t pw_to_block(pw_text from) {
  uint64_t block = env_alloc(from.length);
  uint32_t at = 0;
  for (; at + 8 <= from.length; at += 8) {
    uint64_t word;
    __builtin_memcpy(&word, from.at + at, 8);
    env_store_u64(block + at, word);
  }
  for (; at < from.length; at++) env_store_u8(block + at, (uint8_t)from.at[at]);
  return block;
}

pw_text pw_from_block(uint64_t block) {
  uint64_t length = block ? env_length(block) : 0, at = 0;
  char *to = pw_allocate(length > UINT32_MAX ? UINT32_MAX : length);
  for (; at + 8 <= length; at += 8) {
    uint64_t word = env_load_u64(block + at);
    __builtin_memcpy(to + at, &word, 8);
  }
  for (; at < length; at++) to[at] = env_load_u8(block + at);
  return (pw_text){to, length};
}

void pw_free_block(uint64_t block) {
  if (block) env_free(block);
}

// From here on, the host owns the block of the key.
static bool look_up(uint64_t (*get)(uint64_t key), pw_text key, pw_text *value) {
  uint64_t block = get(pw_to_block(key));
  if (!block) return false;
  *value = pw_from_block(block);
  env_free(block);
  return true;
}

bool pw_config(pw_text key, pw_text *value) { return look_up(env_config_get, key, value); }
bool pw_variable(pw_text key, pw_text *value) { return look_up(env_var_get, key, value); }
void pw_set_variable(pw_text key, pw_text value) { env_var_set(pw_to_block(key), pw_to_block(value)); }

bool pw_logs(pw_log_level level) { return env_get_log_level() <= (int32_t)level; }

void pw_log(pw_log_level level, pw_text message) {
  uint64_t block = pw_to_block(message);
  if (level == PW_TRACE) env_log_trace(block);
  else if (level == PW_DEBUG) env_log_debug(block);
  else if (level == PW_INFO) env_log_info(block);
  else if (level == PW_WARN) env_log_warn(block);
  else env_log_error(block);
}
