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
