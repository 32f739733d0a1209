// The exports of the plugin: handshake, self-check, and the seven functions of protocol §7.

import { hasFailed } from '../../shared/assembly/failure';
import { answerHandshake } from '../../shared/assembly/handshake';
import { endRequest, openRequest } from '../../shared/assembly/message';
import { answerSelfCheck } from '../../shared/assembly/self-check';
import { buildSigner, BuildSignerRequest } from './build-signer';
import { filterCandidates, FilterRequest } from './filter';
import { FUNCTIONS } from './functions';
import { normalizeError, NormalizeErrorRequest } from './normalize-error';
import { countEvents, ObserveRequest } from './observe';
import { OnUnauthorizedRequest, refreshSigner } from './on-unauthorized';
import { checkSamples } from './samples';
import { shapeRequest, ShapeRequest } from './shape';
import { SignRequest, signRequest } from './sign';

// `observe` logs its counts where it may.
const CAPABILITIES: StaticArray<string> = ['log'];

export function cc_lb_handshake(): i32 {
  return answerHandshake(FUNCTIONS, CAPABILITIES);
}

export function cc_lb_self_check(): i32 {
  return answerSelfCheck(checkSamples);
}

export function filter(): i32 {
  const request = FilterRequest.read(openRequest());
  return endRequest(hasFailed() ? null : filterCandidates(request));
}

export function shape(): i32 {
  const request = ShapeRequest.read(openRequest());
  if (hasFailed()) return endRequest(null);
  return endRequest(shapeRequest(request), request.request.bodyBase64.length + 2048);
}

export function build_signer(): i32 {
  const request = BuildSignerRequest.read(openRequest());
  return endRequest(hasFailed() ? null : buildSigner(request));
}

export function sign(): i32 {
  const request = SignRequest.read(openRequest());
  return endRequest(hasFailed() ? null : signRequest(request));
}

export function on_unauthorized(): i32 {
  const request = OnUnauthorizedRequest.read(openRequest());
  return endRequest(hasFailed() ? null : refreshSigner(request));
}

export function normalize_error(): i32 {
  const request = NormalizeErrorRequest.read(openRequest());
  return endRequest(hasFailed() ? null : normalizeError(request));
}

export function observe(): i32 {
  const request = ObserveRequest.read(openRequest());
  return endRequest(hasFailed() ? null : countEvents(request));
}
