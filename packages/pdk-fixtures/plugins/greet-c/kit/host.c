// Calls the functions of the host and frees their blocks of memory. `plugwire generate` replaces this file.
#include "host.h"
#include "runtime.h"
