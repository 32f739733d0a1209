// The functions of the host. Call them only from handlers. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_HOST_H
#define PLUGWIRE_HOST_H

#include "contract.h"


#endif
