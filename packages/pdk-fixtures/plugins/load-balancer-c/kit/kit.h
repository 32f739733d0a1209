// The only header that a plugin needs to include. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_KIT_H
#define PLUGWIRE_KIT_H

#include "contract.h"
#include "host.h"
#include "plugwire.h"

#endif
