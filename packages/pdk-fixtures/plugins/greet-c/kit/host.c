// How the functions of the host are called. Blocks of memory are freed after use. `plugwire generate` replaces this file.
#include "host.h"
#include "runtime.h"
