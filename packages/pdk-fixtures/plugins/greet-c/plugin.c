// `greet` version 1 in C: {"name"} to {"text"}.
#include "kit/kit.h"

bool greet(const GreetRequest *request, GreetResponse *response) {
  response->text = PW_CONCAT(PW_TEXT("hello, "), request->name);
  return true;
}
