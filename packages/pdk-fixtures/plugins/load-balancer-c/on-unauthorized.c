// Refreshes with the next key while there is one. Gives up on errors that the signature did not cause.
#include "handlers.h"
#include "signer-state.h"

bool refresh_signer(const OnUnauthorizedRequest *request, OnUnauthorizedResponse *response) {
  signer_state state;
  if (!read_signer_state(request->signer_state, &state)) return false;
  bool is_next = request->error.category == CATEGORY_UNAUTHORIZED && state.counter + 1 < state.count;
  state.counter += is_next;
  response->decision = is_next ? PW_TEXT("refresh") : PW_TEXT("give_up");
  response->signer_state = write_signer_state(&state);
  return true;
}
