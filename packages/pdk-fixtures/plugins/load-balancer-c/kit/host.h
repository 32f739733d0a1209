// The functions of the host. Call them only from handlers. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_HOST_H
#define PLUGWIRE_HOST_H

#include "contract.h"

// Writes a line to the log of the host. Levels: trace, debug, info, warn, error.
void host_log(pw_text argument1, pw_text argument2);

#endif
