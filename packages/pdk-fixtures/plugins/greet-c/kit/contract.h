// The types of the contract, and the functions that you write. `plugwire generate` replaces this file.
#ifndef PLUGWIRE_CONTRACT_H
#define PLUGWIRE_CONTRACT_H

#include "plugwire.h"

typedef struct GreetRequest GreetRequest;
typedef struct GreetResponse GreetResponse;

struct GreetRequest {
  pw_text name;
};

struct GreetResponse {
  pw_text text;
};

// greet, version 1. Return true, or pw_fail("the reason").
bool greet(const GreetRequest *request, GreetResponse *response);

#endif
