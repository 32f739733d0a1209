// Calls the functions of the host and frees their blocks of memory. `plugwire generate` replaces this file.
#include "host.h"
#include "runtime.h"

__attribute__((import_module("extism:host/user"), import_name("cc_lb_log")))
void import_host_log(uint64_t argument1, uint64_t argument2);

void host_log(pw_text argument1, pw_text argument2) {
  uint64_t block1 = pw_to_block(argument1);
  uint64_t block2 = pw_to_block(argument2);
  import_host_log(block1, block2);
  pw_free_block(block1);
  pw_free_block(block2);
}

__attribute__((import_module("extism:host/user"), import_name("cc_lb_metric_incr")))
void import_host_metric_incr(uint64_t argument1, uint64_t argument2);

void host_metric_incr(pw_text argument1, uint64_t argument2) {
  uint64_t block1 = pw_to_block(argument1);
  uint64_t block2 = pw_to_block((pw_text){(const char *)&argument2, sizeof argument2});
  import_host_metric_incr(block1, block2);
  pw_free_block(block1);
  pw_free_block(block2);
}

__attribute__((import_module("extism:host/user"), import_name("cc_lb_storage_get")))
uint64_t import_host_storage_get(uint64_t argument1);

pw_text host_storage_get(pw_text argument1) {
  uint64_t block1 = pw_to_block(argument1);
  uint64_t answer = import_host_storage_get(block1);
  pw_free_block(block1);
  pw_text bytes = pw_from_block(answer);
  pw_free_block(answer);
  return bytes;
}

__attribute__((import_module("extism:host/user"), import_name("cc_lb_storage_put")))
void import_host_storage_put(uint64_t argument1, uint64_t argument2);

void host_storage_put(pw_text argument1, pw_text argument2) {
  uint64_t block1 = pw_to_block(argument1);
  uint64_t block2 = pw_to_block(argument2);
  import_host_storage_put(block1, block2);
  pw_free_block(block1);
  pw_free_block(block2);
}

__attribute__((import_module("extism:host/user"), import_name("cc_lb_now_unix_ms")))
uint64_t import_host_now_unix_ms(void);

uint64_t host_now_unix_ms(void) {
  uint64_t answer = import_host_now_unix_ms();
  pw_text bytes = pw_from_block(answer);
  pw_free_block(answer);
  uint64_t value = 0;
  if (bytes.length >= sizeof value) __builtin_memcpy(&value, bytes.at, sizeof value);
  return value;
}

__attribute__((import_module("extism:host/user"), import_name("cc_lb_random_bytes")))
uint64_t import_host_random_bytes(uint64_t argument1);

pw_text host_random_bytes(uint64_t argument1) {
  uint64_t block1 = pw_to_block((pw_text){(const char *)&argument1, sizeof argument1});
  uint64_t answer = import_host_random_bytes(block1);
  pw_free_block(block1);
  pw_text bytes = pw_from_block(answer);
  pw_free_block(answer);
  return bytes;
}
