// The load balancer's plugin with what a host function can add to it: a rate limit, counters, a log, signatures that are good
// once. Each is switched on by the configuration, which alone says what the plugin needs; the rest is as it was.

import { FilterRequest } from '../../load-balancer-assemblyscript/assembly/filter';
import { FUNCTIONS } from '../../load-balancer-assemblyscript/assembly/functions';
import { ObserveRequest } from '../../load-balancer-assemblyscript/assembly/observe';
import { SignRequest, signRequest } from '../../load-balancer-assemblyscript/assembly/sign';
import { hasFailed } from '../../shared/assembly/failure';
import { answerHandshake } from '../../shared/assembly/handshake';
import { endRequest, openRequest } from '../../shared/assembly/message';
import { filterWithinLimit } from './filter';
import { reportEvents } from './observe';
import { findNeeds } from './needs';
import { makeStamp } from './stamp';

export {
  build_signer,
  cc_lb_self_check,
  normalize_error,
  on_unauthorized,
  shape,
} from '../../load-balancer-assemblyscript/assembly/index';

/** It requires nothing merely because it is granted. In the data segment: a list on the heap would not outlive the call's start. */
const CAPABILITIES: StaticArray<string> = [];

export function cc_lb_handshake(): i32 {
  return answerHandshake(FUNCTIONS, CAPABILITIES, findNeeds);
}

export function filter(): i32 {
  const request = FilterRequest.read(openRequest());
  return endRequest(hasFailed() ? null : filterWithinLimit(request));
}

export function sign(): i32 {
  const request = SignRequest.read(openRequest());
  return endRequest(hasFailed() ? null : signRequest(request, makeStamp()));
}

export function observe(): i32 {
  const request = ObserveRequest.read(openRequest());
  return endRequest(hasFailed() ? null : reportEvents(request));
}
