// All that a plugin includes. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_KIT_H
#define PLUGWIRE_KIT_H

#include "contract.h"
#include "host.h"
#include "plugwire.h"

#endif
