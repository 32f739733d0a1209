use super::signer_state::SignerState;
use crate::kit::*;

/// Refreshes with the next key while there is one. Gives up on errors that the signature did not cause.
pub fn on_unauthorized(request: OnUnauthorizedRequest) -> Result<OnUnauthorizedResponse, Error> {
    let state = SignerState::read(&request.signer_state)?;
    let is_refused = request.error.category == Category::Unauthorized;
    let next = if is_refused { state.next() } else { Err(state) };
    let (decision, state) = match next {
        Ok(state) => ("refresh", state),
        Err(state) => ("give_up", state),
    };
    Ok(OnUnauthorizedResponse { decision: decision.to_owned(), signer_state: state.into() })
}
