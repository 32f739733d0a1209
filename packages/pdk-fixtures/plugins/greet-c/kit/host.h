// What the plugin may ask of its host, in handlers only. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_HOST_H
#define PLUGWIRE_HOST_H

#include "contract.h"


#endif
