// The functions of the host. Call them only from handlers. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_HOST_H
#define PLUGWIRE_HOST_H

#include "contract.h"

// Writes a line to the log of the host. Levels: trace, debug, info, warn, error.
void host_log(pw_text argument1, pw_text argument2);
// Adds to a counter.
void host_metric_incr(pw_text argument1, uint64_t argument2);
// Reads a value from the storage of the plugin. Empty if the key has no value.
pw_text host_storage_get(pw_text argument1);
// Writes a value to the storage of the plugin.
void host_storage_put(pw_text argument1, pw_text argument2);
// The wall clock, in milliseconds since 1970.
uint64_t host_now_unix_ms(void);
// Random bytes from a secure source, at most 65,536.
pw_text host_random_bytes(uint64_t argument1);

#endif
