#include "../load-balancer-c/settings.h"
#include "guard.h"

bool find_needs(needs *needs) {
  rate_limit limit;
  return find_rate_limit(&limit, &needs->limit) && read_switch(PW_TEXT("sign_once"), &needs->sign_once) &&
         read_switch(PW_TEXT("count_events"), &needs->count_events) && read_switch(PW_TEXT("log_errors"), &needs->log_errors);
}
