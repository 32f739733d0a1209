import { Category, OnUnauthorizedRequest, OnUnauthorizedResponse, text } from '../kit';
import { SignerState } from './signer-state';

/** Refreshes with the next key while there is one. Gives up on errors that the signature did not cause. */
export function onUnauthorized(request: OnUnauthorizedRequest): OnUnauthorizedResponse {
  const state = SignerState.read(request.signerState);
  const isRefused = request.error.category == Category.unauthorized;
  if (!isRefused || state.counter + 1 >= <u64>state.keys.length)
    return { decision: text('give_up'), signerState: state.toJson() };
  const next = new SignerState(state.keys, state.counter + 1);
  return { decision: text('refresh'), signerState: next.toJson() };
}
